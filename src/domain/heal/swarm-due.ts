import { isDue } from "../blocks.ts";
import type { EpochMs, SubjectKey } from "../ids.ts";
import { healSubjectOf } from "../subject.ts";
import { swarmPlaceOf } from "../swarm.ts";
import { isDiverged, type Diverged, type Fresh, type Judgement } from "../verdict.ts";

/** A Swarm service with those of its tasks that run on this engine. Swarm replaces all of them or none. */
export interface SwarmServiceCase {
  readonly id: string;
  readonly name: string;
  /** Whom its heal is about. */
  readonly subject: SubjectKey;
  readonly tasks: readonly Judgement[];
  /** The task that speaks for the service: a diverged one, the longest diverged first, else a fresh one. */
  readonly lead: Diverged | Fresh;
}

export function isSwarmTask({ container }: Judgement): boolean {
  return swarmPlaceOf(container.labels) !== null;
}

/** The services to which the judged tasks belong, in the order of their first task. One of which no task could be compared
 *  with anything is left out. */
export function swarmServicesOf(judgements: readonly Judgement[]): readonly SwarmServiceCase[] {
  const byId = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const id = swarmPlaceOf(judgement.container.labels)?.serviceId;
    if (id) byId.set(id, [...(byId.get(id) ?? []), judgement]);
  }
  return [...byId].flatMap(([id, tasks]) => {
    const lead = leadOf(tasks);
    const name = swarmPlaceOf(lead?.container.labels ?? {})?.service;
    return lead === null || name === undefined
      ? []
      : [{ id, name, subject: healSubjectOf(lead.subject), tasks, lead }];
  });
}

function leadOf(tasks: readonly Judgement[]): Diverged | Fresh | null {
  const [longest] = tasks.filter(isDiverged).sort((a, b) => a.divergedSince - b.divergedSince);
  return longest ?? tasks.find((task) => task.verdict === "fresh") ?? null;
}

/** Whether the daemon would heal it now: everything of it that diverged is due, and nobody keeps hands off any task. */
export function isServiceDue(one: SwarmServiceCase, now: EpochMs): boolean {
  const diverged = one.tasks.filter(isDiverged);
  return (
    handsOff(one, { force: false }) === null &&
    diverged.length > 0 &&
    diverged.every((task) => isDue(task, now))
  );
}

/** Why none of its tasks may be replaced, or null: Swarm replaces the fresh ones and those that were not asked for, too.
 *  By force only a hold is overridden. */
export function handsOff(
  { tasks }: SwarmServiceCase,
  { force }: { readonly force: boolean },
): string | null {
  const unwatched = tasks.find(({ verdict }) => verdict === "excluded");
  if (unwatched !== undefined)
    return `Swarm would replace ${unwatched.container.name} as well, which is not to be touched`;
  const held = tasks.find(({ hold }) => hold !== null);
  return held === undefined || force ? null : `a hold is on ${held.container.name}`;
}

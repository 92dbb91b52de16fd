import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { Recovery } from "../domain/heal/recovery.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import { subjectOf } from "../domain/subject.ts";
import type { Acts } from "./acts.ts";
import { makeshiftName } from "./deploy.ts";
import { closed, removeReplacements } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf } from "./member.ts";
import { leaveDependents } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents, startPatiently, type Start } from "./restart.ts";
import { ensureOwnPolicy } from "./take-over.ts";

/** The name is somebody else's by now. What runs there as the same service is the answer; where nothing runs, ours
 *  serves, under the name that it has, until a person decides. */
export async function standAside(
  { start, why }: Extract<Recovery, { do: "stand-aside" }>,
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<HealEnd> {
  const told = await WAYS[start](lease, parts, acts);
  return closed(lease, healEnd("left", [why, ...told].join("; ")));
}

/** What is to be told of it. */
type Way = (lease: HealLease, parts: HealParts, acts: Acts) => Promise<readonly string[]>;

const leaveItTo: Way = async (lease, parts, acts) => {
  const { container, oldId, id, dependents, subject } = lease.record;
  await removeReplacements(lease, acts);
  const old = await acts.look(oldId);
  // It was about to be removed, and has a name that only we give, or Compose on its way to remove it.
  const doomed = [asideName(container, id), makeshiftName(oldId, container)];
  if (old !== null && doomed.includes(old.name)) {
    await acts.ensureStopped(oldId);
    await acts.ensureRemoved(oldId, { volumes: false });
  }
  const down = [];
  for (const dependent of oldDependents(dependents))
    if ((await acts.look(dependent.id))?.sighting === "exited") down.push(dependent);
  const faults = await restartDependents(down, acts, parts.clock);
  const holder = await acts.look(container);
  const isService = holder?.sighting === "running" && subjectOf(holder) === subject;
  return [isService ? "it runs, as the same service" : "nothing else is left", ...faults];
};

const startStranger: Way = async ({ record }, { clock }, acts) => {
  const holder = await acts.look(record.container);
  if (holder === null) return ["nothing else is left"];
  return [
    `it was down, and nothing else was left: it ${outcomeOf(await startPatiently(holder.id, acts, clock))}`,
  ];
};

const keepOld: Way = async (lease, parts, acts) => {
  const { container, oldId, dependents } = lease.record;
  await removeReplacements(lease, acts);
  await acts.ensureStopped(oldId);
  const start = await startPatiently(oldId, acts, parts.clock);
  const faults = await restartDependents(oldDependents(dependents), acts, parts.clock);
  const name = (await acts.look(oldId))?.name ?? container;
  return [`the one that ran before, now ${name}, ${outcomeOf(start)}`, ...faults];
};

const keepReplacement: Way = async (lease, parts, acts) => {
  await ensureOwnPolicy(lease, acts);
  const start = await startPatiently(replacementOf(lease), acts, parts.clock);
  const faults = await leaveDependents(lease, parts, acts);
  return [`the replacement, ${lease.record.replacement.name}, ${outcomeOf(start)}`, ...faults];
};

const WAYS = {
  nothing: leaveItTo,
  old: keepOld,
  replacement: keepReplacement,
  stranger: startStranger,
} as const;

function outcomeOf(start: Start): string {
  return start.kind === "started" ? "runs" : `does not start: ${start.reason}`;
}

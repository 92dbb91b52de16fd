import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { HealWorld, Recovery } from "../domain/heal/recovery.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import type { Milliseconds } from "../domain/ids.ts";
import { subjectOf } from "../domain/subject.ts";
import type { Acts } from "./acts.ts";
import { closed, removeReplacements } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import { replacementOf } from "./member.ts";
import { leaveDependents } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents, startPatiently } from "./restart.ts";
import { ensureOwnPolicy } from "./take-over.ts";

/** How long a deploy may take from the creation of its container to the start. Until then, ours would compete with it. */
const DEPLOY_PATIENCE: Milliseconds = 15_000;
const AGAIN: Milliseconds = 250;

/** The container that has the name and is neither old nor new, or null. One of the same service that does not run yet is
 *  waited for. */
export async function strangerOf(
  lease: HealLease,
  { clock }: HealParts,
  acts: Acts,
): Promise<HealWorld["stranger"]> {
  const deadline = clock.now() + DEPLOY_PATIENCE;
  for (;;) {
    const holder = await strangeHolder(lease, acts);
    if (holder === null) return null;
    const running = holder.sighting === "running";
    const sameSubject = subjectOf(holder) === lease.record.subject;
    if (running || !sameSubject || clock.now() >= deadline) return { running, sameSubject };
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

/** By its name alone: the engine also answers to the beginning of an ID. */
async function strangeHolder(
  { record, replacementId }: HealLease,
  acts: Acts,
): Promise<Look | null> {
  const holder = await acts.look(record.container);
  if (holder?.name !== record.container) return null;
  return holder.id === record.oldId || holder.id === replacementId ? null : holder;
}

/** The name is somebody else's by now. What runs there as the same service is the answer; where nothing runs, ours
 *  serves, under the name that it has, until a person decides. */
export async function standAside(
  { start, why }: Extract<Recovery, { do: "stand-aside" }>,
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<HealEnd> {
  const told = await STAND_ASIDE[start](lease, parts, acts);
  return closed(lease, healEnd("left", [`${why}${told[0] ?? ""}`, ...told.slice(1)].join("; ")));
}

type StandAside = (lease: HealLease, parts: HealParts, acts: Acts) => Promise<readonly string[]>;

const STAND_ASIDE: Readonly<Record<"nothing" | "old" | "replacement", StandAside>> = {
  async nothing(lease, parts, acts) {
    const { record } = lease;
    await removeReplacements(lease, acts);
    const old = await acts.look(record.oldId);
    // It was about to be removed, and has a name that only we give.
    if (old?.name === asideName(record.container, record.id)) {
      await acts.ensureStopped(old.id);
      await acts.ensureRemoved(old.id, { volumes: false });
    }
    const down = [];
    for (const dependent of oldDependents(record.dependents))
      if ((await acts.look(dependent.id))?.sighting === "exited") down.push(dependent);
    const faults = await restartDependents(down, acts, parts.clock);
    return [" and runs, as the same service", ...faults];
  },
  async old(lease, parts, acts) {
    const { record } = lease;
    await removeReplacements(lease, acts);
    await acts.ensureStopped(record.oldId);
    const refusal = await startPatiently(record.oldId, acts, parts.clock);
    const faults = await restartDependents(oldDependents(record.dependents), acts, parts.clock);
    const name = (await acts.look(record.oldId))?.name ?? record.container;
    if (refusal !== null)
      return [
        `; the one that ran before, now ${name}, does not start again: ${refusal}`,
        ...faults,
      ];
    return [`; the one that ran before runs again, as ${name}`, ...faults];
  },
  async replacement(lease, parts, acts) {
    const refusal = await startPatiently(replacementOf(lease), acts, parts.clock);
    await ensureOwnPolicy(lease, acts);
    const faults = await leaveDependents(lease, parts, acts);
    const { name } = lease.record.replacement;
    if (refusal !== null)
      return [`; the replacement, ${name}, does not start: ${refusal}`, ...faults];
    return [`; the replacement runs, as ${name}`, ...faults];
  },
};

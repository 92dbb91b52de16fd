import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { HealWorld, Recovery } from "../domain/heal/recovery.ts";
import { subjectOf } from "../domain/subject.ts";
import type { Acts } from "./acts.ts";
import { closed, removeReplacement } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf } from "./member.ts";

/** The container that has the name and is neither old nor new, or null. */
export async function strangerOf(lease: HealLease, acts: Acts): Promise<HealWorld["stranger"]> {
  const { record, replacementId } = lease;
  const holder = await acts.look(record.container);
  if (holder === null || holder.id === record.oldId || holder.id === replacementId) return null;
  return {
    running: holder.sighting === "running",
    sameSubject: subjectOf(holder) === record.subject,
  };
}

/** The name is somebody else's by now. What runs there as the same service is the answer; where nothing runs, ours
 *  serves, under its own name, until a person decides. */
export async function standAside(
  { start, why }: Extract<Recovery, { do: "stand-aside" }>,
  lease: HealLease,
  acts: Acts,
): Promise<HealEnd> {
  const { record, phase } = lease;
  if (start === "old") await acts.ensureStarted(record.oldId);
  if (start === "replacement") await acts.ensureStarted(replacementOf(lease));
  else await removeReplacement(lease, acts);
  // It was about to be removed, and has a name that only we give.
  if (start === "nothing" && phase === "committing")
    await acts.ensureRemoved(record.oldId, { volumes: false });
  return closed(lease, healEnd("left", `${why}${STARTED[start]}`));
}

const STARTED = {
  nothing: " and runs, as the same service",
  old: "; the one that ran before runs again, under its own name",
  replacement: "; the replacement runs, under its temporary name",
} as const;

import { gateLimits } from "../domain/heal/gate-limits.ts";
import { healEnd, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import { besideStranger } from "../domain/heal/recovery.ts";
import { objectAt } from "../domain/replacement/read.ts";
import type { Acts } from "./acts.ts";
import { closed, enterIfPossible, removeReplacements } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { lastWords } from "./last-words.ts";
import type { Failure } from "./member.ts";
import { leaveReplacement } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents, startPatiently } from "./restart.ts";
import { standAside } from "./stand-aside.ts";
import { strangerOf } from "./stranger.ts";
import { trial } from "./trial.ts";

/** The way back needs no image: the old container was only stopped. Its name was never given away before the swap, and
 *  until all have taken over nothing of the old ones is removed. */
export async function rollBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  failure: Omit<Failure, "kind">,
  signal: AbortSignal,
): Promise<HealEnd> {
  const old = await acts.look(lease.record.oldId);
  const stranger = await strangerOf(lease, parts, acts);
  if (stranger !== null) {
    const world = { old: old?.sighting ?? "absent", replacement: "exited" } as const;
    return standAside(besideStranger(world, stranger, "rolling-back"), lease, parts, acts);
  }
  if (old === null) return leaveReplacement(lease, parts, acts, failure);
  parts.progress?.({ container: lease.record.container, step: "roll-back" });
  enterIfPossible(lease, "rolling-back");
  const logs = await wordsOfFailed(lease, parts);
  return closed(lease, await bringBack(lease, parts, acts, { ...failure, logs }, signal));
}

async function bringBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  { reason, quarantine, logs }: Omit<Failure, "kind"> & Pick<HealEnd, "logs">,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { oldId, dependents } = lease.record;
  await removeReplacements(lease, acts);
  for (const member of [lease, ...lease.dependents]) await giveBack(member.record, acts);
  await acts.ensureStopped(oldId);
  const start = await startPatiently(oldId, acts, parts.clock);
  const faults = await restartDependents(oldDependents(dependents), acts, parts.clock);
  if (start.kind === "refused") {
    const sentence = [reason, `and the old one does not start again: ${start.reason}`, ...faults];
    const runsNow = "the old container is there, but does not start";
    return healEnd("failed", sentence.join("; "), { logs, runsNow });
  }
  const fault = await faultOfOld(lease, parts, acts, signal);
  const sentence = [reason, ...(fault === null ? [] : [`and the old one: ${fault}`]), ...faults];
  // What keeps the old one from starting as well is not the new image's doing.
  const more = { quarantine: quarantine && start.atOnce, logs };
  return healEnd("rolled-back", sentence.join("; "), more);
}

/** Name and restart policy, which the swap had taken from the old container. */
async function giveBack({ oldId, container, old }: HealRecord, acts: Acts): Promise<void> {
  if ((await acts.look(oldId)) === null) return;
  await acts.ensureName(oldId, container);
  await acts.ensureRestartPolicy(oldId, objectAt(objectAt(old, "HostConfig"), "RestartPolicy"));
}

/** Of the dependent that was begun last, or else of the replacement itself. */
async function wordsOfFailed(lease: HealLease, { engine }: HealParts): Promise<string[]> {
  const { replacementId } = lease.dependents.at(-1) ?? lease;
  return replacementId === null ? [] : lastWords(replacementId, engine);
}

/** The trial of the old container changes nothing any more: it tells whether there is more to say. A shutdown does not
 *  wait for it. */
async function faultOfOld(
  { record }: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<string | null> {
  const isOver = (): boolean => signal.aborted;
  if (isOver()) return null;
  const limits = gateLimits(record.old, parts.gate);
  try {
    const end = await trial(record.oldId, limits, { acts, clock: parts.clock }, signal);
    return end.kind === "passed" ? null : end.reason;
  } catch (error) {
    if (isOver()) return null;
    throw error;
  }
}

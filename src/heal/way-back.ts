import { gateLimits } from "../domain/heal/gate-limits.ts";
import { healEnd, type DependentSeed, type HealEnd } from "../domain/heal/record.ts";
import { besideStranger } from "../domain/heal/recovery.ts";
import type { Acts } from "./acts.ts";
import { closed, enterIfPossible, leaveReplacement, removeReplacement } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { lastWords } from "./last-words.ts";
import { lookAt } from "./look.ts";
import type { Failure } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { standAside, strangerOf } from "./stand-aside.ts";
import { trial } from "./trial.ts";

/** The way back needs no image: the old container was only stopped, and its name was never given away. */
export async function rollBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  failure: Omit<Failure, "kind">,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { record } = lease;
  const old = await acts.look(record.oldId);
  const stranger = await strangerOf(lease, acts);
  if (stranger !== null) {
    const world = { old: old?.sighting ?? "absent", replacement: "exited" } as const;
    return standAside(besideStranger(world, stranger), lease, acts);
  }
  if (old === null) return leaveReplacement(lease, acts, failure);
  parts.progress?.({ container: record.container, step: "roll-back" });
  enterIfPossible(lease, "rolling-back");
  const logs = await wordsOfFailed(lease, parts);
  await removeReplacements(lease, acts);
  await acts.ensureStopped(record.oldId);
  await acts.ensureStarted(record.oldId);
  await reviveDependents(record.dependents, acts);
  const fault = await faultOfOld(lease, parts, acts, signal);
  const detail = fault === null ? failure.reason : `${failure.reason}; and the old one: ${fault}`;
  return closed(lease, healEnd("rolled-back", detail, { quarantine: failure.quarantine, logs }));
}

/** Of the dependent that was begun last, or else of the replacement itself. */
async function wordsOfFailed(lease: HealLease, { engine }: HealParts): Promise<string[]> {
  const { replacementId } = lease.dependents.at(-1) ?? lease;
  return replacementId === null ? [] : lastWords(replacementId, engine);
}

/** Those that hang on others first. */
export async function removeReplacements(lease: HealLease, acts: Acts): Promise<void> {
  for (const child of lease.dependents.toReversed()) await removeReplacement(child, acts);
  await removeReplacement(lease, acts);
}

/** The trial of the old container changes nothing any more: it tells whether there is more to say. A shutdown does not
 *  wait for it. */
async function faultOfOld(
  { record }: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<string | null> {
  const limits = gateLimits(record.old, parts.gate);
  try {
    const end = await trial(record.oldId, limits, { acts, clock: parts.clock }, signal);
    return end.kind === "passed" ? null : end.reason;
  } catch (error) {
    if (!signal.aborted) throw error;
    return null;
  }
}

/** Where the namespace of another container was stopped and started, only a start anew brings its sharers back into it:
 *  they keep `lo` alone, or were stopped with it. */
export async function reviveDependents(seeds: readonly DependentSeed[], acts: Acts): Promise<void> {
  for (const { old, tie } of seeds) {
    const { id } = lookAt(old);
    if ((await acts.look(id)) === null) continue;
    if (SHARES_NAMESPACE.has(tie)) await acts.ensureStopped(id);
    await acts.ensureStarted(id);
  }
}

const SHARES_NAMESPACE: ReadonlySet<DependentSeed["tie"]> = new Set(["network", "ipc", "pid"]);

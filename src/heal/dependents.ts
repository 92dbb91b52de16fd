import { StalewatchError } from "../domain/error.ts";
import { temporaryName } from "../domain/heal/temporary-names.ts";
import type { DependentSeed, HealRecord } from "../domain/heal/record.ts";
import { imageId, type ContainerId } from "../domain/ids.ts";
import { replacementFor } from "../domain/replacement/replacement.ts";
import { steady } from "./acts.ts";
import { createReplacement } from "./create-replacement.ts";
import { removeReplacement } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { lookAt, type Look } from "./look.ts";
import { replace, replacementOf, type Failure } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { SHARES_NAMESPACE } from "./restart.ts";

/** Recreates what hangs on a replaced container, nearest first, each as a sub-transaction up to its gate: a restart
 *  would keep the dead namespace. Goes on where it was cut off. One that somebody removed meanwhile is let
 *  go. null when
 *  all have passed. */
export async function replaceDependents(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<Failure | null> {
  const replaced = new Map<string, ContainerId>();
  noteReplaced(replaced, lease);
  for (const seed of lease.record.dependents) {
    const begun = dependentOf(lease, seed);
    if (begun === null && (await isLetGo(seed, parts))) continue;
    const child = begun ?? openDependent(lease, seed, replaced, parts);
    const failure = await replaceOne(child, parts, signal);
    if (failure !== null)
      return {
        ...failure,
        reason: `${child.record.container}, which hangs on it: ${failure.reason}`,
      };
    noteReplaced(replaced, child);
  }
  return null;
}

/** Whether somebody removed it: it ran all the time. What died with the PID namespace that it shared may have been pruned
 *  as well, which nobody meant. Where no namespace ties it, also a pause or a new name is somebody's; and a stop where
 *  it does not need the other one to run. */
async function isLetGo({ old, tie }: DependentSeed, parts: HealParts): Promise<boolean> {
  const { id, name } = lookAt(old);
  const now = await steady(parts).look(id);
  if (now === null) return tie !== "pid";
  if (SHARES_NAMESPACE.has(tie)) return false;
  const { status } = now.gate;
  const isStopped = tie === "volumes-from" && status === "exited";
  return now.name !== name || status === "paused" || isStopped;
}

/** The sub-transaction of one dependent, or null where it was not begun. */
export function dependentOf(lease: HealLease, { old }: DependentSeed): HealLease | null {
  const { id } = lookAt(old);
  return lease.dependents.find(({ record }) => record.oldId === id) ?? null;
}

function noteReplaced(replaced: Map<string, ContainerId>, lease: HealLease): void {
  const { oldId, container } = lease.record;
  const id = replacementOf(lease);
  replaced.set(oldId, id).set(container, id);
}

function openDependent(
  lease: HealLease,
  seed: DependentSeed,
  replaced: ReadonlyMap<string, ContainerId>,
  { engine, clock }: HealParts,
): HealLease {
  const { record: parent } = lease;
  const old = lookAt(seed.old);
  const id = `${parent.id}-${lease.dependents.length + 1}`;
  const answer = replacementFor({
    old: seed.old,
    oldImage: seed.oldImageConfig,
    newImage: seed.newImage,
    apiVersion: engine.identity.apiVersion,
    temporaryName: temporaryName(old.name, id),
    replaced,
  });
  // The plan has made sure of it, with the very same inspect.
  if (answer.kind === "not-clonable")
    throw new StalewatchError("HEAL_STEP", `${old.name} cannot be recreated: ${answer.reason}`);
  return lease.openDependent({
    ...parent,
    ...own(seed, old),
    id,
    replacement: answer.replacement,
    dependents: [],
    openedAt: clock.now(),
  });
}

function own(
  seed: DependentSeed,
  old: Look,
): Omit<HealRecord, "replacement" | "dependents" | keyof ParentsCase> {
  return {
    method: "engine",
    subject: seed.subject,
    container: old.name,
    oldId: old.id,
    oldStartedAt: old.gate.startedAt,
    old: seed.old,
    oldImage: imageId(old.imageId),
    oldImageConfig: seed.oldImageConfig,
    newImage: seed.newImage,
  };
}

/** What a dependent's record takes from the one that it hangs on. */
type ParentsCase = Pick<
  HealRecord,
  "id" | "engine" | "affected" | "divergedSince" | "remedy" | "by" | "openedAt" | "cleanup"
>;

async function replaceOne(
  child: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<Failure | null> {
  if (child.phase === "passed") return null;
  if (child.phase === "open") {
    signal.throwIfAborted();
    const acts = steady(parts);
    // Begun before and cut off: not known how far its networks were connected.
    await removeReplacement(child, acts);
    const withdrawal = await createReplacement(child, parts, acts);
    // Nothing has failed its trial: no image is to blame.
    if (withdrawal !== null)
      return { kind: "failed", reason: withdrawal.reason, quarantine: false };
  }
  const verdict = await replace(child, parts, signal);
  return verdict.kind === "passed" ? null : verdict;
}

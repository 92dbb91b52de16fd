import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import { recoveryFor, type HealWorld, type Recovery } from "../domain/heal/recovery.ts";
import { actsOn, type Acts } from "./acts.ts";
import { commit } from "./commit.ts";
import { closed, enterIfPossible, leaveReplacement, withdraw } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import {
  gate,
  isUntouched,
  replacementOf,
  startFailure,
  type Failure,
  type Verdict,
} from "./member.ts";
import type { HealParts } from "./parts.ts";
import { settle, steady } from "./settle.ts";
import { standAside, strangerOf } from "./stand-aside.ts";
import { removeReplacements, reviveDependents, rollBack } from "./way-back.ts";

/** Finishes or undoes a heal that was cut off, by what the journal says and the world shows. `why` it was, where that is
 *  known. A rollback after it blames no image. */
export async function recoverHeal(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
  why: string | null = null,
): Promise<HealEnd> {
  const acts = steady(parts);
  await adoptReplacements(lease, acts);
  const recovery = recoveryFor(lease.phase, await observe(lease, acts));
  return carryOut({ ...recovery, why: why ?? recovery.why }, lease, { parts, acts, signal });
}

/** The create may have been carried out and its answer lost. */
async function adoptReplacements(lease: HealLease, acts: Acts): Promise<void> {
  for (const member of [lease, ...lease.dependents]) {
    if (member.replacementId !== null) continue;
    const found = await acts.look(member.record.replacement.name);
    if (found !== null) member.created(found.id);
  }
}

async function observe(lease: HealLease, acts: Acts): Promise<HealWorld> {
  const { record, replacementId, phase } = lease;
  const old = await acts.look(record.oldId);
  const replacement = replacementId === null ? null : await acts.look(replacementId);
  return {
    old: old?.sighting ?? "absent",
    replacement: replacement?.sighting ?? "absent",
    stranger: await strangerOf(lease, acts),
    oldTouched: phase === "open" && old !== null && !isUntouched(old, record),
  };
}

interface Means {
  readonly parts: HealParts;
  readonly acts: Acts;
  readonly signal: AbortSignal;
}

async function carryOut(recovery: Recovery, lease: HealLease, means: Means): Promise<HealEnd> {
  const { parts, acts, signal } = means;
  const cutOff = { reason: recovery.why, quarantine: false };
  switch (recovery.do) {
    case "discard":
      return withdraw(lease, acts, { outcome: "discarded", reason: recovery.why });
    case "keep-old":
      return keepOld(lease, acts, recovery.why);
    case "roll-back":
      return rollBack(lease, parts, acts, cutOff, signal);
    case "gate":
      return signal.aborted
        ? rollBack(lease, parts, acts, cutOff, signal)
        : settle(lease, await gateAfresh(lease, means), parts, signal);
    case "adopt":
      return adopt(lease, means);
    case "commit":
      return goOn(lease, means);
    case "undo-commit":
      return undoCommit(lease, means, recovery.why);
    case "stand-aside":
      return standAside(recovery, lease, acts);
    case "close":
      return closed(lease, healEnd(recovery.lost ? "lost" : "left", recovery.why));
  }
}

/** The old one runs again by the engine's doing, and its sharers lost its namespace meanwhile. */
async function keepOld(lease: HealLease, acts: Acts, why: string): Promise<HealEnd> {
  await removeReplacements(lease, acts);
  await reviveDependents(lease.record.dependents, acts);
  return closed(lease, healEnd("rolled-back", why));
}

/** Old or new: whichever proves itself. The old one is still there, so a failure leads back to it. */
async function gateAfresh(lease: HealLease, means: Means): Promise<Verdict> {
  const failure = await startAndTry(lease, means);
  if (failure !== null) return failure;
  enterIfPossible(lease, "passed");
  return { kind: "passed", downtime: null };
}

async function startAndTry(
  lease: HealLease,
  { parts, acts, signal }: Means,
): Promise<Failure | null> {
  const refusal = await startFailure(replacementOf(lease), acts);
  if (refusal !== null) return refusal;
  try {
    const abortable = actsOn(parts.engine, parts.clock, signal);
    return await gate(lease, parts, abortable, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: "failed", reason: "stalewatch was stopped", quarantine: false };
  }
}

/** Its dependents may not all have followed yet; until the swap was begun they may still fail. */
async function goOn(lease: HealLease, { parts, acts, signal }: Means): Promise<HealEnd> {
  if (lease.phase === "committing") return commit(lease, parts, acts, null);
  await acts.ensureStopped(lease.record.oldId);
  await acts.ensureStarted(replacementOf(lease));
  return settle(lease, { kind: "passed", downtime: null }, parts, signal);
}

/** Without a way back, the replacement is what there is: it is started and named, and told of if it does not hold. */
async function adopt(lease: HealLease, means: Means): Promise<HealEnd> {
  const { parts, acts } = means;
  const failure = await startAndTry(lease, means);
  if (failure === null) return commit(lease, parts, acts, null);
  return leaveReplacement(lease, acts, failure);
}

/** Name and policy back to the old container, and it runs again. */
async function undoCommit(
  lease: HealLease,
  { parts, acts, signal }: Means,
  why: string,
): Promise<HealEnd> {
  const { record } = lease;
  await acts.ensureName(record.oldId, record.container);
  if (record.replacement.restartPolicy !== null)
    await acts.ensureRestartPolicy(record.oldId, record.replacement.restartPolicy);
  return rollBack(lease, parts, acts, { reason: why, quarantine: false }, signal);
}

import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import { recoveryFor, type HealWorld, type Recovery } from "../domain/heal/recovery.ts";
import { StalewatchError } from "../domain/error.ts";
import { actsOn, steady, type Acts } from "./acts.ts";
import { commit } from "./commit.ts";
import { connectAll } from "./create-replacement.ts";
import { dependentOf } from "./dependents.ts";
import { closed, enterIfPossible, removeReplacements, withdraw } from "./ending.ts";
import { awaitEngine } from "./engine-answers.ts";
import { findReplacements } from "./find-replacements.ts";
import type { HealLease } from "./journal.ts";
import {
  gate,
  isUntouched,
  replacementOf,
  startFailure,
  STOPPED,
  type Failure,
  type Verdict,
} from "./member.ts";
import { leaveReplacement } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents } from "./restart.ts";
import { settle } from "./settle.ts";
import { standAside } from "./stand-aside.ts";
import { strangerOf } from "./stranger.ts";
import { rollBack } from "./way-back.ts";

/** What others do at the same moment can trip one attempt; the next sees what they did. */
const ATTEMPTS = 3;

/** Finishes or undoes a heal that was cut off, by what the journal says and the world shows. `why` it was, where that is
 *  known. A rollback after it blames no image. */
export async function recoverHeal(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
  why: string | null = null,
): Promise<HealEnd> {
  for (let attempt = 1; ; attempt++) {
    await awaitEngine(lease.record, parts);
    try {
      return await recoverOnce(lease, parts, signal, why);
    } catch (error) {
      if (!(error instanceof StalewatchError) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function recoverOnce(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
  why: string | null,
): Promise<HealEnd> {
  const acts = steady(parts);
  await findReplacements(lease, parts, acts);
  const recovery = recoveryFor(lease.phase, await observe(lease, parts, acts));
  if (recovery.do === "stand-aside") return standAside(recovery, lease, parts, acts);
  return carryOut({ ...recovery, why: why ?? recovery.why }, lease, { parts, acts, signal });
}

async function observe(lease: HealLease, parts: HealParts, acts: Acts): Promise<HealWorld> {
  const { record, replacementId, phase } = lease;
  const stranger = await strangerOf(lease, parts, acts);
  const old = await acts.look(record.oldId);
  const replacement = replacementId === null ? null : await acts.look(replacementId);
  return {
    old: old?.sighting ?? "absent",
    replacement: replacement?.sighting ?? "absent",
    stranger,
    oldTouched: phase === "open" && old !== null && !isUntouched(old, record),
  };
}

interface Means {
  readonly parts: HealParts;
  readonly acts: Acts;
  readonly signal: AbortSignal;
}

async function carryOut(
  recovery: Exclude<Recovery, { do: "stand-aside" }>,
  lease: HealLease,
  means: Means,
): Promise<HealEnd> {
  const { parts, acts, signal } = means;
  const cutOff = { reason: recovery.why, quarantine: false };
  switch (recovery.do) {
    case "discard":
      return withdraw(lease, acts, { outcome: "discarded", reason: recovery.why });
    case "keep-old":
      return keepOld(lease, means, recovery.why);
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
    case "close":
      return closed(lease, healEnd(recovery.lost ? "lost" : "left", recovery.why));
  }
}

/** The old one runs again by the engine's doing, and its sharers lost its namespace meanwhile. */
async function keepOld(lease: HealLease, { parts, acts }: Means, why: string): Promise<HealEnd> {
  await removeReplacements(lease, acts);
  const dependents = oldDependents(lease.record.dependents);
  const faults = await restartDependents(dependents, acts, parts.clock);
  return closed(lease, healEnd("rolled-back", [why, ...faults].join("; ")));
}

/** Old or new: whichever proves itself. The old one is still there, so a failure leads back to it. */
async function gateAfresh(lease: HealLease, means: Means): Promise<Verdict> {
  const { parts, acts } = means;
  await acts.ensureStopped(lease.record.oldId);
  const failure = await startAndTry(lease, means);
  if (failure !== null) return failure;
  enterIfPossible(lease, "passed");
  await restartDependents(replacedDependents(lease), acts, parts.clock);
  return { kind: "passed", downtime: null };
}

/** Those that have followed already, and may have lost the namespace of what was started anew. */
function replacedDependents(lease: HealLease): Parameters<typeof restartDependents>[0] {
  return lease.record.dependents.flatMap((seed) => {
    const child = dependentOf(lease, seed);
    if (child?.phase !== "passed") return [];
    return [{ id: replacementOf(child), name: child.record.container, tie: seed.tie }];
  });
}

async function startAndTry(
  lease: HealLease,
  { parts, acts, signal }: Means,
): Promise<Failure | null> {
  const refusal = await startFailure(lease, acts);
  if (refusal !== null) return refusal;
  try {
    const abortable = actsOn(parts.engine, parts.clock, signal);
    return await gate(lease, parts, abortable, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return STOPPED;
  }
}

/** Its dependents may not all have followed yet; until the swap was begun they may still fail. */
async function goOn(lease: HealLease, { parts, acts, signal }: Means): Promise<HealEnd> {
  if (lease.phase === "committing") return commit(lease, parts, acts, null, signal);
  await acts.ensureStopped(lease.record.oldId);
  await acts.ensureStarted(replacementOf(lease));
  return settle(lease, { kind: "passed", downtime: null }, parts, signal);
}

/** Without a way back, the replacement is what there is: it is finished, started, and told of if it does not hold. A
 *  shutdown does not end that: there would be nothing. */
async function adopt(lease: HealLease, { parts, acts }: Means): Promise<HealEnd> {
  const never = new AbortController().signal;
  await connectAll(lease, parts);
  const failure = await startAndTry(lease, { parts, acts, signal: never });
  if (failure !== null) return leaveReplacement(lease, parts, acts, failure);
  enterIfPossible(lease, "passed");
  return settle(lease, { kind: "passed", downtime: null }, parts, never);
}

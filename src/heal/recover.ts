import { StalewatchError } from "../domain/error.ts";
import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import { recoveryFor, type HealWorld, type Recovery } from "../domain/heal/recovery.ts";
import { steady, type Acts } from "./acts.ts";
import type { Withdrawal } from "./create-replacement.ts";
import { finishDeploy, isKeptByDeploy } from "./deploy.ts";
import { closed, removeReplacements, withdraw } from "./ending.ts";
import { awaitEngine } from "./engine-answers.ts";
import { findReplacements } from "./find-replacements.ts";
import { adopt, gateAfresh, goOn, type Means } from "./go-on.ts";
import type { HealLease } from "./journal.ts";
import { isUntouched } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents } from "./restart.ts";
import { oldOrRestored } from "./serve-anew.ts";
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
  for (const { record, replacementId } of [lease, ...lease.dependents])
    for (const id of [record.oldId, replacementId]) if (id !== null) await acts.finishRemoval(id);
  await findReplacements(lease, parts, acts);
  const recovery = recoveryFor(lease.phase, await observe(lease, parts, acts));
  if (recovery.do === "stand-aside") return standAside(recovery, lease, parts, acts);
  return carryOut({ ...recovery, why: why ?? recovery.why }, lease, { parts, acts, signal });
}

async function observe(lease: HealLease, parts: HealParts, acts: Acts): Promise<HealWorld> {
  const { record, replacementId, phase } = lease;
  const stranger = await strangerOf(lease, parts, acts);
  const old = await oldOrRestored(record, acts);
  const replacement = replacementId === null ? null : await acts.look(replacementId);
  return {
    old: old?.sighting ?? "absent",
    replacement: replacement?.sighting ?? "absent",
    stranger,
    oldTouched: phase === "open" && old !== null && !isUntouched(old, record),
  };
}

/** Phases in which the replacement was not tried, or had stepped down for an old one that may not start. */
const MAY_GO_ON: ReadonlySet<HealLease["phase"]> = new Set(["stopping", "stopped", "rolling-back"]);

/** An engine that died while it stopped the old container may never start that one again ("task already exists"). A
 *  shutdown does not end this: there would be nothing. */
async function goOnInstead(lease: HealLease, { parts, acts }: Means): Promise<HealEnd> {
  const signal = new AbortController().signal;
  const verdict = await gateAfresh(lease, { parts, acts, signal });
  return settle(lease, verdict, parts, signal);
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
      return giveUp(lease, means, { outcome: "discarded", reason: recovery.why });
    case "keep-old":
      return keepOld(lease, means, recovery.why);
    case "roll-back": {
      const mayGoOn = lease.replacementId !== null && MAY_GO_ON.has(lease.phase);
      const instead = mayGoOn ? { instead: () => goOnInstead(lease, means) } : {};
      return rollBack(lease, parts, acts, { ...cutOff, ...instead }, signal);
    }
    case "gate":
      return signal.aborted
        ? rollBack(lease, parts, acts, cutOff, signal)
        : settle(lease, await gateAfresh(lease, means), parts, signal);
    case "adopt":
      return adopt(lease, means);
    case "commit":
      return goOn(lease, means);
    case "close": {
      const finished = await finishDeploy(lease, parts, acts);
      return closed(lease, finished ?? healEnd(recovery.lost ? "lost" : "left", recovery.why));
    }
  }
}

/** Before anything that ran was touched: the replacement goes, unless somebody else has put it in the old one's place. */
export async function giveUp(
  lease: HealLease,
  means: Means,
  withdrawal: Withdrawal,
): Promise<HealEnd> {
  const { parts, acts } = means;
  if (await isKeptByDeploy(lease, parts, acts)) return adopt(lease, means);
  return withdraw(lease, acts, withdrawal);
}

/** The old one runs again by the engine's doing, and its sharers lost its namespace meanwhile. */
async function keepOld(lease: HealLease, { parts, acts }: Means, why: string): Promise<HealEnd> {
  await removeReplacements(lease, acts);
  const dependents = oldDependents(lease.record.dependents);
  const faults = await restartDependents(dependents, acts, parts.clock);
  return closed(lease, healEnd("rolled-back", [why, ...faults].join("; ")));
}

import { messageOf } from "../domain/error.ts";
import {
  recoveryFor,
  type HealWorld,
  type Recovery,
  type Sighting,
} from "../domain/heal/recovery.ts";
import { subjectOf } from "../domain/subject.ts";
import { actsOn, type Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import {
  commit,
  discard,
  isUntouched,
  replacementOf,
  rollBack,
  type HealParts,
  type HealResult,
} from "./transaction.ts";
import { trial, type TrialEnd } from "./trial.ts";

export interface Recovered {
  readonly recovery: Recovery;
  /** null where it was left to others. */
  readonly result: HealResult | null;
}

/** Finishes or undoes a heal that was cut off, by what the journal says and the world shows. */
export async function recoverHeal(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<Recovered> {
  const acts = actsOn(parts.engine, parts.clock, signal);
  await adoptReplacement(lease, acts);
  const recovery = recoveryFor(lease.phase, await observe(lease, acts));
  return { recovery, result: await carryOut(recovery, lease, parts, acts, signal) };
}

/** The create may have been carried out and its answer lost. */
async function adoptReplacement(lease: HealLease, acts: Acts): Promise<void> {
  if (lease.replacementId !== null) return;
  const found = await acts.look(lease.record.replacement.name);
  if (found !== null) lease.created(found.id);
}

async function observe(lease: HealLease, acts: Acts): Promise<HealWorld> {
  const { record, replacementId, phase } = lease;
  const old = await acts.look(record.oldId);
  const replacement = replacementId === null ? null : await acts.look(replacementId);
  const holder = await acts.look(record.container);
  const isOurs = holder === null || [record.oldId, replacementId].includes(holder.id);
  return {
    old: sighting(old),
    replacement: sighting(replacement),
    stranger: isOurs
      ? null
      : {
          running: holder.sighting === "running",
          sameSubject: subjectOf(holder) === record.subject,
        },
    oldTouched: phase === "open" && old !== null && !isUntouched(old, record),
  };
}

function sighting(look: Look | null): Sighting {
  return look?.sighting ?? "absent";
}

async function carryOut(
  recovery: Recovery,
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<HealResult | null> {
  const cutOff = { kind: "failed", reason: recovery.why, quarantine: false } as const;
  switch (recovery.do) {
    case "discard":
    case "keep-old":
      return discard(lease, acts, recovery.why);
    case "roll-back":
      return rollBack(lease, parts, acts, cutOff, signal);
    case "gate":
      return gateAfresh(lease, parts, acts, signal);
    case "adopt":
      return adopt(lease, parts, acts, signal);
    case "commit":
      return commit(lease, acts, null);
    case "undo-commit":
      return undoCommit(lease, acts, recovery.why);
    case "stand-aside":
      return standAside(recovery, lease, acts);
    case "close":
      lease.close(recovery.lost ? "lost" : "left", recovery.why);
      return null;
  }
}

/** Old or new: whichever proves itself. The old one is still there, so a failure leads back to it. */
async function gateAfresh(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<HealResult> {
  const end = await startAndTry(lease, parts, acts, signal);
  if (end.kind === "failed")
    return rollBack(lease, parts, acts, { ...end, quarantine: true }, signal);
  lease.enter("passed");
  return commit(lease, acts, null);
}

/** A start that fails is a failed trial: the engine's word is as good as the container's. */
async function startAndTry(
  lease: HealLease,
  { limits, clock }: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<TrialEnd> {
  const id = replacementOf(lease);
  try {
    await acts.ensureStarted(id);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", reason: messageOf(error) };
  }
  return trial(id, limits, { acts, clock }, signal);
}

/** Without a way back, the replacement is what there is: it is started and named, and told of if it does not hold. */
async function adopt(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<HealResult | null> {
  const end = await startAndTry(lease, parts, acts, signal);
  if (end.kind === "passed") return commit(lease, acts, null);
  await acts.ensureName(replacementOf(lease), lease.record.container);
  lease.close(
    "left",
    `the old container is gone, and the replacement does not hold: ${end.reason}`,
  );
  return null;
}

/** Name and policy back to the old container, and it runs again. */
async function undoCommit(lease: HealLease, acts: Acts, why: string): Promise<HealResult> {
  const { record } = lease;
  await acts.ensureName(record.oldId, record.container);
  if (record.replacement.restartPolicy !== null)
    await acts.ensureRestartPolicy(record.oldId, record.replacement.restartPolicy);
  await acts.ensureStarted(record.oldId);
  lease.close("rolled-back", why);
  return { kind: "rolled-back", reason: why, quarantine: false, logs: "" };
}

/** The name is somebody else's by now. What runs there as the same service is the answer; where nothing runs, ours
 *  serves, under its own name, until a person decides. */
async function standAside(
  { start, why }: Extract<Recovery, { do: "stand-aside" }>,
  lease: HealLease,
  acts: Acts,
): Promise<null> {
  const { record, replacementId } = lease;
  if (start === "old") await acts.ensureStarted(record.oldId);
  if (start === "replacement" && replacementId !== null) await acts.ensureStarted(replacementId);
  const replacement = replacementId === null ? null : await acts.look(replacementId);
  if (start !== "replacement" && replacement !== null && replacement.sighting !== "running")
    await acts.ensureRemoved(replacement.id, { volumes: true });
  lease.close("left", `${why}; started: ${start}`);
  return null;
}

import { messageOf } from "../../domain/error.ts";
import type { Acts } from "../acts.ts";
import type { Look } from "../look.ts";
import { trial, type TrialEnd } from "../trial.ts";
import { bringBack } from "./bring-back.ts";
import { closed, composeEnd } from "./end.ts";
import type { ComposeHealEnd } from "./record.ts";
import type { Conclusion } from "./conclude.ts";
import type { ReplicaSight } from "./world.ts";

interface Candidate {
  readonly sight: ReplicaSight;
  readonly successor: Look;
}

/** The gate, for every container that Compose has made: all pass, or all go back. */
export async function prove(
  conclusion: Conclusion,
  sights: readonly ReplicaSight[],
): Promise<ComposeHealEnd> {
  const { lease, acts, compose } = conclusion;
  lease.enter("proving");
  const candidates = sights.flatMap((sight) => {
    const successor = sight.successors[0];
    return successor === undefined ? [] : [{ sight, successor }];
  });
  const ends = await Promise.all(candidates.map((candidate) => onTrial(candidate, conclusion)));
  const failure = ends.find((end) => end.kind === "failed");
  if (failure !== undefined)
    return bringBack(conclusion, { reason: failure.reason, quarantine: true });
  for (const candidate of candidates) await tidy(candidate, acts);
  const detail = `runs ${lease.record.newImage}`;
  return closed(lease, composeEnd("healed", detail, { compose }));
}

/** What was cut off before it was started, or stopped with the engine, is started first. */
async function onTrial(
  { successor: { id, name } }: Candidate,
  { parts, acts, signal, compose }: Conclusion,
): Promise<TrialEnd> {
  try {
    if (compose === null) await acts.ensureStarted(id);
    const end = await trial(id, parts.limits, { acts, clock: parts.clock }, signal);
    return end.kind === "failed" ? { ...end, reason: `${name}: ${end.reason}` } : end;
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", reason: `${name}: ${messageOf(error)}` };
  }
}

/** Compose's temporary name for a container that takes another one's place. */
const TEMPORARY = /^[0-9a-f]{12}_(.+)$/;

/** What Compose itself would still have done, had it not been cut off: Compose 1.x removes the old container last, 2.x
 *  names the new one before it starts it. */
async function tidy({ sight, successor }: Candidate, acts: Acts): Promise<void> {
  const { old, replica, successors } = sight;
  if (old !== null) {
    await acts.ensureStopped(replica.id);
    await acts.ensureRemoved(replica.id, { volumes: false });
  }
  for (const { id } of successors.slice(1)) await acts.ensureRemoved(id, { volumes: true });
  const name = TEMPORARY.exec(successor.name)?.[1];
  if (name !== undefined) await acts.ensureName(successor.id, name);
}

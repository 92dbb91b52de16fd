import type { HealEnd } from "../../domain/heal/record.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import type { Acts } from "../acts.ts";
import type { Look } from "../look.ts";
import { startRefusal } from "../start-refusal.ts";
import { bringBack, type BringBackReason } from "./bring-back.ts";
import type { Conclusion } from "./conclude.ts";
import { closed, composeEnd, enterIfPossible } from "./end.ts";
import { gate } from "./gate.ts";
import { ensureLastName } from "./last-name.ts";
import type { ReplicaSight } from "./world.ts";

interface Candidate {
  readonly sight: ReplicaSight;
  readonly successor: Look;
}

/** The gate, for every container that Compose has made: all pass, or all go back. */
export async function prove(
  conclusion: Conclusion,
  sights: readonly ReplicaSight[],
): Promise<HealEnd> {
  const { lease, parts, acts, compose } = conclusion;
  const { container, newImage } = lease.record;
  enterIfPossible(lease, "proving");
  parts.progress?.({ container, step: "gate" });
  const candidates = sights.flatMap((sight) => {
    const successor = sight.successors[0];
    return successor === undefined ? [] : [{ sight, successor }];
  });
  const failures = await Promise.all(candidates.map((one) => failureOf(one, conclusion)));
  const failure = failures.find((one) => one !== null);
  if (failure !== undefined) return bringBack(conclusion, failure);
  for (const candidate of candidates) await tidy(candidate, acts);
  const downtime = await downtimeOf(candidates, conclusion);
  return closed(lease, composeEnd("healed", `runs ${newImage}`, { compose, downtime }));
}

/** What was cut off before it was started, or stopped with the engine, is started first. */
async function failureOf(
  { successor: { id, name, sighting } }: Candidate,
  { parts, acts, signal, compose }: Conclusion,
): Promise<BringBackReason | null> {
  const isCutOff = compose === null || sighting === "created";
  const refusal = isCutOff ? await startRefusal(id, acts) : null;
  if (refusal !== null) return { reason: `${name}: ${refusal.reason}`, quarantine: true };
  const end = await gate(id, parts, acts, signal);
  if (end.kind === "passed") return null;
  return { reason: `${name}: ${end.reason}`, quarantine: end.blame === "image" };
}

/** What Compose itself would still have done, had it not been cut off: Compose 1.x removes the old container last, 2.x
 *  names the new one before it starts it. */
async function tidy({ sight, successor }: Candidate, acts: Acts): Promise<void> {
  const { old, replica, successors } = sight;
  if (old !== null) {
    await acts.ensureStopped(replica.id);
    await acts.ensureRemoved(replica.id, { volumes: false });
  }
  for (const { id } of successors.slice(1)) await acts.ensureRemoved(id, { volumes: true });
  await ensureLastName(successor, acts);
}

/** Of the container that the heal is for: from its exit to the start of the new one, both by the engine's clock. What
 *  was cut off has no such number. */
async function downtimeOf(
  candidates: readonly Candidate[],
  { lease, parts, compose }: Conclusion,
): Promise<Milliseconds | null> {
  const own = candidates.find(({ sight }) => sight.replica.subject === lease.record.subject);
  if (own === undefined || compose === null) return null;
  const { id, startedAt } = own.sight.replica;
  const signal = new AbortController().signal;
  const exitedAt = await parts.engine.exitedAt(id, Date.parse(startedAt), signal).catch(() => null);
  if (exitedAt === null) return null;
  return Math.max(0, Date.parse(own.successor.gate.startedAt) - exitedAt);
}

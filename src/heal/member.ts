import { StalewatchError } from "../domain/error.ts";
import { gateLimits } from "../domain/heal/gate-limits.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { statusOf } from "../engine/call.ts";
import { steady, type Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import { lookAt, type Look } from "./look.ts";
import type { HealParts } from "./parts.ts";
import { startRefusal } from "./start-refusal.ts";
import { trial } from "./trial.ts";

/** What became of the attempt to put a replacement in one container's place. */
export type Verdict = { readonly kind: "passed"; readonly downtime: Milliseconds | null } | Failure;

export interface Failure {
  readonly kind: "failed";
  readonly reason: string;
  /** Whether the image is to blame. */
  readonly quarantine: boolean;
}

export const STOPPED: Failure = {
  kind: "failed",
  reason: "stalewatch was stopped in the middle of it",
  quarantine: false,
};

export const REMOVED = "its replacement was removed by somebody else";

/** Whether the old container still runs as it did when the heal was opened. */
export function isUntouched(old: Look, { container, oldStartedAt }: HealRecord): boolean {
  const { status, startedAt } = old.gate;
  return old.name === container && status === "running" && startedAt === oldStartedAt;
}

/** Stops the old container, starts the replacement, and puts it on trial. Each step may have been taken before. A
 *  shutdown is heard between two steps, never between an entry and its act. Throws what is nobody's verdict: the engine
 *  gave no answer, or the journal cannot be written. */
export async function replace(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<Verdict> {
  const { record } = lease;
  const { clock, progress } = parts;
  const acts = steady(parts);
  signal.throwIfAborted();
  lease.enter("stopping");
  progress?.({ container: record.container, step: "stop" });
  const stoppedAt = clock.now();
  await acts.ensureStopped(record.oldId);
  lease.enter("stopped");
  signal.throwIfAborted();
  lease.enter("started");
  progress?.({ container: record.container, step: "start" });
  const refusal = await startFailure(lease, acts);
  if (refusal !== null) return refusal;
  const downtime = clock.now() - stoppedAt;
  const failure = await gate(lease, parts, acts, signal);
  if (failure !== null) return failure;
  lease.enter("passed");
  return { kind: "passed", downtime };
}

/** A start that the engine refuses is a failed trial: its word is as good as the container's. The image is not to blame
 *  where a network or its address is gone, where somebody removed the replacement, or started the old one beside it. */
export async function startFailure(lease: HealLease, acts: Acts): Promise<Failure | null> {
  const id = replacementOf(lease);
  const refusal = await startRefusal(id, acts);
  if (refusal === null) return null;
  if ((await acts.look(id)) === null) return { kind: "failed", reason: REMOVED, quarantine: false };
  const isBeside = (await acts.look(lease.record.oldId))?.sighting === "running";
  const quarantine = !isBeside && !NETWORK_TROUBLE.has(refusal.status);
  return { kind: "failed", reason: refusal.reason, quarantine };
}

/** An address is taken; a network is gone. */
const NETWORK_TROUBLE: ReadonlySet<number> = new Set([403, 404]);

/** Waits until the replacement has proved itself; null when it has. */
export async function gate(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<Failure | null> {
  const id = replacementOf(lease);
  parts.progress?.({ container: lease.record.container, step: "gate" });
  const inspect = (await parts.engine.inspect(id, new AbortController().signal)) ?? {};
  const limits = gateLimits(inspect, parts.gate);
  const end = await trial(id, limits, { acts, clock: parts.clock }, signal);
  if (end.kind === "passed") return null;
  const { reason, blame } = end;
  if (blame === "image" && (await wasStopped(inspect, parts)))
    return { kind: "failed", reason: `somebody stopped it: ${reason}`, quarantine: false };
  return { kind: "failed", reason, quarantine: blame === "image" };
}

/** Whether it was told to end since the start that was on trial. An engine that cannot say keeps the image to blame. */
async function wasStopped(inspect: JsonObject, { engine }: HealParts): Promise<boolean> {
  const { id, gate } = lookAt(inspect);
  try {
    const since = Date.parse(gate.startedAt);
    return await engine.wasToldToEnd(id, since, new AbortController().signal);
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return false;
  }
}

export function replacementOf({ replacementId, record }: HealLease): ContainerId {
  if (replacementId !== null) return replacementId;
  throw new StalewatchError("HEAL_STEP", `the heal of ${record.container} has no replacement`);
}

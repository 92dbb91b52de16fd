import { messageOf, StalewatchError } from "../domain/error.ts";
import type { GateLimits } from "../domain/heal/gate.ts";
import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { actsOn, type Acts, type HealClock } from "./acts.ts";
import type { HealLease, HealRecord } from "./journal.ts";
import type { Look } from "./look.ts";
import { trial } from "./trial.ts";

export interface HealParts {
  readonly engine: HealEngine;
  readonly clock: HealClock;
  readonly limits: GateLimits;
}

export type HealResult =
  | { readonly kind: "healed"; readonly newId: ContainerId; readonly downtime: Milliseconds | null }
  /** The old container runs again. `quarantine`: the image is to blame. */
  | {
      readonly kind: "rolled-back";
      readonly reason: string;
      readonly quarantine: boolean;
      readonly logs: string;
    }
  /** Nothing that ran was touched. */
  | { readonly kind: "discarded"; readonly reason: string };

export const asideName = (record: HealRecord): string =>
  `${record.container}.stalewatch-${record.id}-old`;

/** Recreates one container on its newest image. Every phase is in the journal before its first call. An error before the
 *  gate has passed leads back; after it, only forward. An abort leaves the journal open: recovery goes on from there. */
export async function runHeal(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<HealResult> {
  const acts = actsOn(parts.engine, parts.clock, signal);
  const prepared = await prepare(lease, parts, acts);
  if (prepared !== null) return discard(lease, acts, prepared);
  const stoppedAt = parts.clock.now();
  const verdict = await replace(lease, parts, acts, signal);
  if (verdict.kind !== "passed") return rollBack(lease, parts, acts, verdict, signal);
  const downtime = verdict.startedAt - stoppedAt;
  return commit(lease, acts, downtime);
}

/** Creates the replacement while the old one serves, and looks whether all is still as it was judged: the reason why
 *  not, or null. A full disk, a taken name, a vanished image show here. */
async function prepare(
  lease: HealLease,
  { engine }: HealParts,
  acts: Acts,
): Promise<string | null> {
  const { record } = lease;
  try {
    const id = await create(lease, engine, acts);
    const replacement = await acts.look(id);
    if (replacement?.imageId !== record.newImage) return "its tag means yet another image by now";
  } catch (error) {
    return messageOf(error);
  }
  const old = await acts.look(record.oldId);
  if (old === null) return "it was removed by somebody else";
  if (old.name !== record.container) return `it was renamed to ${old.name}`;
  return isUntouched(old, record) ? null : "it was stopped, paused or restarted by somebody else";
}

/** Whether the old container still runs as it did when the heal was opened. */
export function isUntouched(old: Look, { container, oldStartedAt }: HealRecord): boolean {
  const { status, startedAt } = old.gate;
  return old.name === container && status === "running" && startedAt === oldStartedAt;
}

/** An answer may have been lost: what has the temporary name is ours, and is used if it is the right image's. */
async function create(lease: HealLease, engine: HealEngine, acts: Acts): Promise<ContainerId> {
  const { replacement } = lease.record;
  const calls = new AbortController().signal;
  const id = await engine
    .create(replacement.name, replacement.create, calls)
    .catch(async (error: unknown) => {
      const found = await acts.look(replacement.name);
      if (found === null) throw error;
      return found.id;
    });
  lease.created(id);
  for (const { network, endpoint } of replacement.connect)
    await engine.connectNetwork(network, id, endpoint, calls);
  return id;
}

export async function discard(lease: HealLease, acts: Acts, reason: string): Promise<HealResult> {
  const found = lease.replacementId ?? (await acts.look(lease.record.replacement.name))?.id ?? null;
  if (found !== null) await acts.ensureRemoved(found, { volumes: true });
  lease.close("discarded", reason);
  return { kind: "discarded", reason };
}

type Verdict =
  | { readonly kind: "passed"; readonly startedAt: number }
  | { readonly kind: "failed"; readonly reason: string; readonly quarantine: boolean };

async function replace(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<Verdict> {
  const id = replacementOf(lease);
  try {
    lease.enter("stopping");
    await acts.ensureStopped(lease.record.oldId);
    lease.enter("stopped");
  } catch (error) {
    return failed(error, signal, false);
  }
  try {
    lease.enter("started");
    await acts.ensureStarted(id);
    const startedAt = parts.clock.now();
    const end = await trial(id, parts.limits, { acts, clock: parts.clock }, signal);
    if (end.kind === "failed") return { ...end, quarantine: true };
    lease.enter("passed");
    return { kind: "passed", startedAt };
  } catch (error) {
    return failed(error, signal, true);
  }
}

function failed(error: unknown, signal: AbortSignal, quarantine: boolean): Verdict {
  signal.throwIfAborted();
  return { kind: "failed", reason: messageOf(error), quarantine };
}

export function replacementOf({ replacementId, record }: HealLease): ContainerId {
  if (replacementId !== null) return replacementId;
  throw new StalewatchError("HEAL_STEP", `the heal of ${record.container} has no replacement`);
}

const LOG_LINES = 20;

/** Forward only. `downtime` is null where another process began. The old one must not come back at the next start of the engine before it is gone, and never holds the
 *  name that the new one needs: policy first, then names, then the removal, which keeps the volumes that it gave away. */
export async function commit(
  lease: HealLease,
  acts: Acts,
  downtime: Milliseconds | null,
): Promise<HealResult> {
  const { record } = lease;
  const newId = replacementOf(lease);
  lease.enter("committing");
  if ((await acts.look(record.oldId)) !== null) {
    await acts.ensureRestartPolicy(record.oldId, { Name: "no" });
    await acts.ensureName(record.oldId, asideName(record));
  }
  if (record.replacement.restartPolicy !== null)
    await acts.ensureRestartPolicy(newId, record.replacement.restartPolicy);
  await acts.ensureName(newId, record.container);
  await acts.ensureRemoved(record.oldId, { volumes: false });
  lease.close("healed", `runs ${record.newImage}`);
  return { kind: "healed", newId, downtime };
}

/** The way back needs no image: the old container was only stopped. Its name was never given away. */
export async function rollBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  { reason, quarantine }: Extract<Verdict, { kind: "failed" }>,
  signal: AbortSignal,
): Promise<HealResult> {
  const { record } = lease;
  const id = replacementOf(lease);
  lease.enter("rolling-back");
  const logs = await lastWords(parts.engine, id);
  await acts.ensureStopped(id);
  await acts.ensureRemoved(id, { volumes: true });
  await acts.ensureStopped(record.oldId);
  await acts.ensureStarted(record.oldId);
  const end = await trial(record.oldId, parts.limits, { acts, clock: parts.clock }, signal);
  const detail = end.kind === "passed" ? reason : `${reason}; and the old one: ${end.reason}`;
  lease.close("rolled-back", detail);
  return { kind: "rolled-back", reason: detail, quarantine, logs };
}

async function lastWords(engine: HealEngine, id: ContainerId): Promise<string> {
  try {
    return await engine.logs(id, LOG_LINES, new AbortController().signal);
  } catch (error) {
    return `(no log: ${messageOf(error)})`;
  }
}

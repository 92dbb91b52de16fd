import { formatSpan } from "../duration.ts";
import type { ContainerId, EpochMs } from "../ids.ts";
import type { SwarmRecord } from "./swarm-record.ts";
import { endText, hasEnded, imageIn, type SwarmService } from "./swarm-service.ts";
import { isOvertaken, isRenewed, standingOf, type SeenTask } from "./swarm-standing.ts";

/** One look at a service whose tasks are being replaced. */
export interface SwarmReading {
  /** null: it is gone. */
  readonly service: SwarmService | null;
  readonly tasks: readonly SeenTask[];
}

/** A task that was started since the heal began and ended by itself. */
export interface FailedTask {
  readonly id: string;
  readonly slot: string;
  readonly why: string;
  readonly containerId: ContainerId | null;
}

/** How far the watching has come. */
export interface SwarmProgress {
  /** Swarm forgets old tasks, so all that were seen are kept. In the order of their end. */
  readonly failed: readonly FailedTask[];
  /** What was seen last, and since when it has been so. */
  readonly seen: string;
  readonly seenSince: EpochMs;
}

export type SwarmAnswer =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly reason: string; readonly failed: readonly FailedTask[] }
  /** Somebody changed the service: what it runs now is their business. */
  | { readonly kind: "left"; readonly reason: string }
  | { readonly kind: "wait"; readonly progress: SwarmProgress };

export function watchBegins(now: EpochMs): SwarmProgress {
  return { failed: [], seen: "", seenSince: now };
}

/** A slot whose task ended so often by itself is a crash loop. Fewer may be a service that waits for another one to
 *  come up: Swarm tries again anyway, and nothing here could stop it. */
const CRASH_LOOP = 3;

/** Judges by the tasks alone. Swarm calls an update completed while its last task starts, and its way back completed
 *  while the tasks crash, because that leads to the same tag and so to the same image. */
export function swarmStep(
  reading: SwarmReading,
  record: SwarmRecord,
  before: SwarmProgress,
  now: EpochMs,
): SwarmAnswer {
  const { service, tasks } = reading;
  if (service === null) return { kind: "left", reason: "somebody removed the service" };
  if (imageIn(service.spec) !== record.image)
    return {
      kind: "left",
      reason: `somebody gave the service another image, ${imageIn(service.spec)}`,
    };
  const standing = standingOf(service, tasks, record);
  if (standing.wanted === 0) return { kind: "left", reason: "the service wants no task any more" };
  if (isOvertaken(standing))
    return { kind: "left", reason: `${record.image} came to mean yet another image meanwhile` };
  const progress = advanced(tasks, record, before, now);
  const looping = progress.failed.find(({ slot }) => attempts(slot, progress) >= CRASH_LOOP);
  if (looping !== undefined)
    return failed(crashText(looping.slot, record, progress), progress.failed);
  const unchanged = now - progress.seenSince;
  if (isRenewed(tasks, standing))
    return unchanged >= record.limits.settle ? { kind: "passed" } : { kind: "wait", progress };
  return unchanged < record.limits.stall
    ? { kind: "wait", progress }
    : failed(stallText(service, tasks, record), progress.failed);
}

function failed(reason: string, tasks: readonly FailedTask[]): SwarmAnswer {
  return { kind: "failed", reason, failed: tasks };
}

function advanced(
  tasks: readonly SeenTask[],
  { knownTasks }: SwarmRecord,
  before: SwarmProgress,
  now: EpochMs,
): SwarmProgress {
  const seen = tasks.map(({ id, desired, state }) => `${id} ${desired} ${state}`).sort();
  const told = new Set([...knownTasks, ...before.failed.map(({ id }) => id)]);
  const ended = tasks.filter((task) => hasEnded(task) && !told.has(task.id));
  const text = seen.join("\n");
  return {
    failed: [...before.failed, ...ended.sort(byEnd).map(asFailed)],
    seen: text,
    seenSince: text === before.seen ? before.seenSince : now,
  };
}

function byEnd(a: SeenTask, b: SeenTask): number {
  return (a.since ?? 0) - (b.since ?? 0);
}

function asFailed(task: SeenTask): FailedTask {
  const { id, slot, containerId } = task;
  return { id, slot, why: endText(task), containerId };
}

function attempts(slot: string, { failed: tasks }: SwarmProgress): number {
  return tasks.filter((task) => task.slot === slot).length;
}

function crashText(slot: string, { container }: SwarmRecord, progress: SwarmProgress): string {
  const last = progress.failed.findLast((task) => task.slot === slot);
  const times = attempts(slot, progress);
  return `task ${container}.${slot} ended ${times} times, the last time because: ${last?.why ?? ""}`;
}

/** Nothing moves any more, and not all is well. Here Swarm may say why. */
function stallText(
  { update }: SwarmService,
  tasks: readonly SeenTask[],
  { limits }: SwarmRecord,
): string {
  const stuck = tasks.find(({ desired, error }) => desired !== "shutdown" && error !== "");
  const words = [update?.state === "updating" ? "" : (update?.message ?? ""), stuck?.error ?? ""];
  const said = words.filter((text) => text !== "").join("; ");
  const what = `its tasks were not all replaced, and nothing changed for ${formatSpan(limits.stall)}`;
  return said === "" ? what : `${what}; Swarm says: ${said}`;
}

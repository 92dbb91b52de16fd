import type { EpochMs, Milliseconds } from "../ids.ts";

/** What an inspect says of a container that has to prove itself. */
export interface GateReading {
  readonly status: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly restartCount: number;
  /** As the engine writes it: another value is another start. */
  readonly startedAt: string;
  /** null without a HEALTHCHECK. */
  readonly health: "starting" | "healthy" | "unhealthy" | null;
}

export interface GateLimits {
  /** How long it must run, or be healthy, without a change. */
  readonly settle: Milliseconds;
  /** How long it may take to become healthy. */
  readonly healthTimeout: Milliseconds;
}

/** How far the proof has come. */
export interface GateProgress {
  readonly began: EpochMs;
  /** `startedAt` of the start that is on trial. */
  readonly startedAt: string;
  /** Since when it is as it must be; null while it is not. */
  readonly goodSince: EpochMs | null;
}

export type GateAnswer =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly reason: string }
  /** Look again at `again` at the latest. */
  | { readonly kind: "wait"; readonly progress: GateProgress; readonly again: EpochMs };

/** One look at a container on trial. A crash loop can be healthy for a moment in every round, so being healthy is the
 *  beginning of the proof, not its end: it must stay so for `settle`, with the same start and no restart. */
export function gateStep(
  reading: GateReading | null,
  progress: GateProgress,
  limits: GateLimits,
  now: EpochMs,
): GateAnswer {
  const fault = faultOf(reading, progress);
  if (fault !== null || reading === null) return { kind: "failed", reason: fault ?? "it is gone" };
  if (reading.health === "starting") return stillStarting(progress, limits, now);
  const goodSince = progress.goodSince ?? (reading.health === null ? progress.began : now);
  const ends = goodSince + limits.settle;
  if (now >= ends) return { kind: "passed" };
  return { kind: "wait", progress: { ...progress, goodSince }, again: ends };
}

/** What no waiting mends. */
function faultOf(reading: GateReading | null, { startedAt }: GateProgress): string | null {
  if (reading === null) return "it is gone";
  if (reading.oomKilled) return "it was killed because it ran out of memory";
  if (reading.status === "restarting" || reading.restartCount > 0)
    return `it exited with code ${reading.exitCode} and was started again by its restart policy`;
  if (reading.status === "paused") return "somebody paused it";
  if (reading.status !== "running") return `it exited with code ${reading.exitCode}`;
  if (reading.startedAt !== startedAt) return "somebody restarted it";
  return reading.health === "unhealthy" ? "its health check says unhealthy" : null;
}

function stillStarting(progress: GateProgress, limits: GateLimits, now: EpochMs): GateAnswer {
  const ends = progress.began + limits.healthTimeout;
  if (now < ends) return { kind: "wait", progress: { ...progress, goodSince: null }, again: ends };
  const seconds = Math.round(limits.healthTimeout / 1000);
  return { kind: "failed", reason: `it was not healthy within ${seconds} s (heal.healthTimeout)` };
}

/** A health check as the engine holds it, in milliseconds and with its defaults filled in. */
export interface HealthSchedule {
  readonly startPeriod: Milliseconds;
  readonly interval: Milliseconds;
  readonly timeout: Milliseconds;
  readonly retries: number;
}

const SPARE: Milliseconds = 30_000;
const LEAST: Milliseconds = 90_000;

/** The longest that a working check can take to say healthy, and some: the first probe comes after a full interval. */
export function automaticHealthTimeout(check: HealthSchedule | null): Milliseconds {
  if (check === null) return LEAST;
  const probes = check.retries * (check.interval + check.timeout);
  return Math.max(LEAST, check.startPeriod + probes + SPARE);
}

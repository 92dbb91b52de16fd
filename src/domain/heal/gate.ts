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

export type Blame = "image" | "somebody";

export type GateAnswer =
  | { readonly kind: "passed" }
  /** `blame`: whether the image failed, or somebody's hand was in it. */
  | { readonly kind: "failed"; readonly reason: string; readonly blame: Blame }
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
  if (reading === null) return failed("it is gone", "somebody");
  const fault = faultOf(reading, progress);
  if (fault !== null) return fault;
  if (reading.health === "starting") return stillStarting(progress, limits, now);
  const goodSince = progress.goodSince ?? (reading.health === null ? progress.began : now);
  const ends = goodSince + limits.settle;
  if (now >= ends) return { kind: "passed" };
  return { kind: "wait", progress: { ...progress, goodSince }, again: ends };
}

type Failed = Extract<GateAnswer, { kind: "failed" }>;

function failed(reason: string, blame: Blame): Failed {
  return { kind: "failed", reason, blame };
}

/** What no waiting mends. */
function faultOf(reading: GateReading, { startedAt }: GateProgress): Failed | null {
  const { exitCode, status } = reading;
  if (reading.oomKilled) return failed("it was killed because it ran out of memory", "image");
  if (status === "restarting")
    return failed(
      `it exited with code ${exitCode}, and its restart policy starts it again`,
      "image",
    );
  // It runs again by now, and the engine has forgotten with which code it had exited.
  if (reading.restartCount > 0)
    return failed("it exited and was started again by its restart policy", "image");
  if (status === "paused") return failed("somebody paused it", "somebody");
  if (status !== "running") return failed(`it exited with code ${exitCode}`, "image");
  if (reading.startedAt !== startedAt) return failed("somebody restarted it", "somebody");
  return reading.health === "unhealthy" ? failed("its health check says unhealthy", "image") : null;
}

function stillStarting(progress: GateProgress, limits: GateLimits, now: EpochMs): GateAnswer {
  const ends = progress.began + limits.healthTimeout;
  if (now < ends) return { kind: "wait", progress: { ...progress, goodSince: null }, again: ends };
  const seconds = Math.round(limits.healthTimeout / 1000);
  return failed(`it was not healthy within ${seconds} s (heal.healthTimeout)`, "image");
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

import { setTimeout as sleep } from "node:timers/promises";
import type { ClockReading } from "../domain/clocks.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";

/** Time as the daemon sees it; tests bring one that stands still. */
export interface Clock {
  now(): EpochMs;
  reading(): ClockReading;
  /** Rejects when the signal aborts. */
  sleep(length: Milliseconds, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  reading: () => ({ wall: Date.now(), monotonic: performance.now() }),
  sleep: (length, signal) => sleep(length, undefined, { signal }),
};

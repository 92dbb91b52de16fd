import { formatSpan } from "../domain/duration.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { Sight } from "./sight.ts";

/** One thing that is looked at, and what was found. */
export interface HealthCheck {
  readonly name: "loop" | "engine" | "state" | "scan";
  readonly ok: boolean;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** How much later than planned a scan may end. A scan that asks much of a slow engine takes a minute or two; a loop that
 *  is stuck is so for good. */
export const LATE_BY: Milliseconds = 10 * 60_000;

/** Whether the daemon's loop goes on: scans end, well or not. */
export function livenessOf(sight: Sight | null, startedAt: EpochMs, now: EpochMs): HealthCheck {
  const ended = sight?.cycle?.endedAt ?? null;
  const late = now - dueAt(sight, startedAt);
  const last = ended === null ? "no scan has ended yet" : `a scan ended ${ago(ended, now)}`;
  return late <= LATE_BY
    ? { name: "loop", ok: true, reason: last }
    : { name: "loop", ok: false, reason: `${last}, the next is late by ${formatSpan(late)}` };
}

/** Whether what the page says is worth anything: by engine, state and the last scan that succeeded. */
export function readinessOf(
  sight: Sight | null,
  startedAt: EpochMs,
  now: EpochMs,
): readonly HealthCheck[] {
  return [engineCheck(sight, now), stateCheck(sight), scanCheck(sight, startedAt, now)];
}

function dueAt(sight: Sight | null, startedAt: EpochMs): EpochMs {
  if (sight?.cycle === null || sight === null) return startedAt;
  // A schedule that never fires again is never late.
  return sight.nextScanAt ?? Infinity;
}

function engineCheck(sight: Sight | null, now: EpochMs): HealthCheck {
  const name = "engine";
  if (sight?.cycle === null || sight === null)
    return { name, ok: false, reason: "it has not been asked yet" };
  const { failure } = sight.cycle;
  if (failure === null) return { name, ok: true, reason: "it answers" };
  const since = sight.outageSince === null ? "" : ` (for ${formatSpan(now - sight.outageSince)})`;
  return { name, ok: false, reason: `${failure}${since}` };
}

function stateCheck(sight: Sight | null): HealthCheck {
  const degraded = sight?.degraded ?? null;
  return degraded === null
    ? { name: "state", ok: true, reason: "it is written to disk" }
    : { name: "state", ok: false, reason: `it is kept in memory only: ${degraded}` };
}

function scanCheck(sight: Sight | null, startedAt: EpochMs, now: EpochMs): HealthCheck {
  const name = "scan";
  const at = sight?.scan?.at ?? null;
  if (at === null) return { name, ok: false, reason: "none has succeeded yet" };
  const last = `the last one succeeded ${ago(at, now)}`;
  const late = now - dueAt(sight, startedAt);
  return { name, ok: late <= LATE_BY && sight?.cycle?.failure === null, reason: last };
}

function ago(time: EpochMs, now: EpochMs): string {
  return `${formatSpan(now - time)} ago`;
}

import type { EngineEvent } from "../domain/engine-event.ts";
import { StalewatchError } from "../domain/error.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { EngineLink } from "./engine-link.ts";

export interface FollowParts {
  readonly link: EngineLink;
  readonly clock: Pick<Clock, "sleep">;
  readonly notice: (event: EngineEvent) => void;
  /** Followed again after a gap: an engine that restarted has forgotten what happened in it. */
  readonly missed: () => void;
  readonly log: (event: FollowEvent) => void;
  /** Default: `RENEW_AFTER`. */
  readonly renewAfter?: Milliseconds;
}

/** Once when it begins to fail and once when it is over, however many attempts lie between. */
export type FollowEvent =
  | { readonly event: "events-lost"; readonly error: unknown }
  | { readonly event: "events-followed" };

/** A stream that says nothing may be a quiet host or a dead connection: after this long it is opened anew, which costs
 *  one request and, with `since`, misses nothing. */
const RENEW_AFTER: Milliseconds = 5 * 60_000;
const FIRST_WAIT: Milliseconds = 500;
const LONGEST_WAIT: Milliseconds = 60_000;
/** What breaks off sooner was never there: an engine that takes every request and drops it is not asked all the time. */
const STEADY_AFTER: Milliseconds = 10_000;

/** The wait before the next attempt, after so many in a row that failed. */
export function reconnectWait(failures: number): Milliseconds {
  return Math.min(FIRST_WAIT * 2 ** Math.min(Math.max(0, failures - 1), 30), LONGEST_WAIT);
}

interface Progress {
  /** By the engine's clock, up to when it has told us all; null before the first stream. */
  since: EpochMs | null;
  /** Attempts in a row that failed. */
  failures: number;
  isLost: boolean;
}

/** Follows an engine's events, over restarts of the engine and broken connections, until the signal aborts; never
 *  rejects. `from`: by our clock, since when something may have happened that nobody has looked at. */
export async function followEvents(
  parts: FollowParts,
  from: EpochMs,
  signal: AbortSignal,
): Promise<void> {
  const progress: Progress = { since: null, failures: 0, isLost: false };
  for (;;) {
    const began = performance.now();
    const error = await followOnce(parts, from, progress, signal);
    if (signal.aborted) return;
    if (error === null) continue;
    // Whoever answers next may be another.
    parts.link.drop();
    if (!progress.isLost) parts.log({ event: "events-lost", error });
    progress.isLost = true;
    progress.failures = performance.now() - began < STEADY_AFTER ? progress.failures + 1 : 1;
    await parts.clock.sleep(reconnectWait(progress.failures), signal).catch(() => undefined);
  }
}

/** One stream from its opening to its end; gives what ended it, or null where it is only to be opened anew. */
async function followOnce(
  { link, notice, missed, log, renewAfter = RENEW_AFTER }: FollowParts,
  from: EpochMs,
  progress: Progress,
  signal: AbortSignal,
): Promise<unknown> {
  const renewal = AbortSignal.timeout(renewAfter);
  try {
    const engine = await link.engine(signal);
    const since = progress.since ?? from + (engine.clockSkew ?? 0);
    const stream = await engine.follow(since, AbortSignal.any([signal, renewal]));
    progress.since = stream.openedAt ?? since;
    if (progress.isLost) {
      progress.isLost = false;
      log({ event: "events-followed" });
      missed();
    }
    for await (const event of stream.events) {
      progress.since = Math.max(progress.since, event.at ?? 0);
      notice(event);
    }
    return new StalewatchError("ENGINE_CONNECTION", "the engine ended the stream of its events", {
      hint: "is the engine restarting? See `journalctl -u docker`",
    });
  } catch (error) {
    return renewal.aborted ? null : error;
  }
}

import type { EpochMs, Milliseconds } from "./ids.ts";
import type { EngineBackNews, EngineUnreachableNews } from "./news.ts";

/** A time in which the engine gives no answer. */
export interface Outage {
  readonly since: EpochMs;
  readonly failedScans: number;
  /** Whether somebody was told. */
  readonly told: boolean;
}

/** One failed scan is a hiccup or a restart of the engine; three in a row are worth a message. */
const TELL_AFTER = 3;

export function afterFailure(
  outage: Outage | null,
  cause: string,
  now: EpochMs,
): { readonly outage: Outage; readonly news: EngineUnreachableNews | null } {
  const since = outage?.since ?? now;
  const failedScans = (outage?.failedScans ?? 0) + 1;
  const tell = failedScans >= TELL_AFTER && outage?.told !== true;
  return {
    outage: { since, failedScans, told: tell || outage?.told === true },
    news: tell ? { kind: "engine-unreachable", since, failedScans, cause } : null,
  };
}

/** What is to be said when a scan worked again. Nothing if nobody heard of the outage. */
export function afterSuccess(outage: Outage | null, now: EpochMs): EngineBackNews | null {
  if (outage?.told !== true) return null;
  return { kind: "engine-back", since: outage.since, lasted: Math.max(0, now - outage.since) };
}

/** How long a message may wait before the outbox counts as stuck, and how long one that was given up is told of. An
 *  hour: the backoff ends at 15 min, so it has failed some eight times by then, and a receiver's restart is over. */
export const STUCK_AFTER: Milliseconds = 60 * 60_000;

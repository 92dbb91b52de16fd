import type { Milliseconds } from "../domain/ids.ts";

/** The wait after the first failure; it doubles with every further one. */
export const FIRST_WAIT: Milliseconds = 5_000;
/** Where it stops growing. */
export const LONGEST_BACKOFF: Milliseconds = 15 * 60_000;
/** The longest `Retry-After` that is honoured: a broken clock or header on the other side must not silence alerts for
 *  days. No wait at all is longer. */
export const LONGEST_WAIT: Milliseconds = 60 * 60_000;
/** How long a message is tried. Default 3 days: a weekend without network, and Monday to notice. */
export const GIVE_UP_AFTER: Milliseconds = 3 * 86_400_000;
/** After a sleep of a week every message is old, and the network is up a minute later. */
export const ATTEMPTS_AT_LEAST = 5;

export interface FailedAttempts {
  /** How often it was tried, at least once. */
  readonly attempts: number;
  /** What the other side asked for in its last answer. */
  readonly retryAfter: Milliseconds | null;
  /** From 0 to below 1: takes up to a quarter off the backoff, so that many hosts do not all come back at once. */
  readonly jitter: number;
}

/** How long to wait before the next attempt. Never less than the other side asked for, up to `LONGEST_WAIT`. */
export function nextWait({ attempts, retryAfter, jitter }: FailedAttempts): Milliseconds {
  const doubled = FIRST_WAIT * 2 ** Math.min(Math.max(0, attempts - 1), 30);
  const backoff = Math.min(doubled, LONGEST_BACKOFF) * (1 - jitter / 4);
  return Math.round(Math.max(backoff, Math.min(retryAfter ?? 0, LONGEST_WAIT)));
}

/** Whether a message that failed once more has had its time: it becomes a dead letter. */
export function isGivenUp(
  age: Milliseconds,
  attempts: number,
  after: Milliseconds = GIVE_UP_AFTER,
): boolean {
  return age >= after && attempts >= ATTEMPTS_AT_LEAST;
}

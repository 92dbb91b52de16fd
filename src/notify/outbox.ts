import type { EpochMs } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";

/** A message that is committed but not yet delivered through one channel. */
export interface OutboxMessage {
  readonly id: number;
  readonly channel: string;
  readonly bulletin: Bulletin;
  readonly createdAt: EpochMs;
  /** How often it was tried before. */
  readonly attempts: number;
  readonly nextAttemptAt: EpochMs;
}

/** Where committed messages wait. One channel's are delivered strictly in the order of their IDs, so that an end
 *  never arrives before its beginning. */
export interface Outbox {
  /** The channel's oldest message, due or not; null when there is none. */
  head(channel: string): OutboxMessage | null;
  delivered(id: number, now: EpochMs): void;
  postponed(id: number, nextAttemptAt: EpochMs, error: string): void;
  /** Given up, visibly: it becomes a dead letter. */
  dead(id: number, now: EpochMs, error: string): void;
}

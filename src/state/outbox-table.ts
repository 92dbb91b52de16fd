import type { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";
import type { OutboxMessage } from "../notify/outbox.ts";
import { integer, textOf } from "./sqlite.ts";

/** What one channel is to deliver. */
export interface Posting {
  readonly channel: string;
  readonly bulletin: Bulletin;
}

/** A message that was given up. */
export interface DeadLetter {
  readonly id: number;
  readonly channel: string;
  readonly bulletin: Bulletin;
  readonly createdAt: EpochMs;
  readonly attempts: number;
  readonly deadAt: EpochMs;
  readonly error: string;
}

export function post(database: DatabaseSync, postings: readonly Posting[], now: EpochMs): void {
  const insert = database.prepare(
    "INSERT INTO outbox (channel, bulletin, created_at, next_attempt_at) VALUES (?, ?, ?, ?)",
  );
  for (const { channel, bulletin } of postings)
    insert.run(channel, JSON.stringify(bulletin), now, now);
}

export function oldestWaiting(database: DatabaseSync, channel: string): OutboxMessage | null {
  const row = database
    .prepare("SELECT * FROM outbox WHERE channel = ? AND dead_at IS NULL ORDER BY id LIMIT 1")
    .get(channel);
  if (row === undefined) return null;
  return { ...envelope(row), nextAttemptAt: integer(row, "next_attempt_at") };
}

export function deadLetters(database: DatabaseSync, since: EpochMs): DeadLetter[] {
  const rows = database
    .prepare("SELECT * FROM outbox WHERE dead_at >= ? ORDER BY dead_at DESC, id DESC")
    .all(since);
  return rows.map((row) => ({
    ...envelope(row),
    deadAt: integer(row, "dead_at"),
    error: textOf(row, "error"),
  }));
}

function envelope(
  row: Readonly<Record<string, unknown>>,
): Pick<OutboxMessage, "id" | "channel" | "bulletin" | "createdAt" | "attempts"> {
  return {
    id: integer(row, "id"),
    channel: textOf(row, "channel"),
    bulletin: JSON.parse(textOf(row, "bulletin")) as Bulletin,
    createdAt: integer(row, "created_at"),
    attempts: integer(row, "attempts"),
  };
}

/** How many wait, and since when the oldest does. */
export function waiting(database: DatabaseSync): { count: number; oldest: EpochMs | null } {
  const row = database
    .prepare(
      "SELECT count(*) AS count, min(created_at) AS oldest FROM outbox WHERE dead_at IS NULL",
    )
    .get();
  const count = integer(row, "count");
  return { count, oldest: count === 0 ? null : integer(row, "oldest") };
}

/** Which channels have messages waiting. */
export function waitingChannels(database: DatabaseSync): string[] {
  const rows = database.prepare("SELECT DISTINCT channel FROM outbox WHERE dead_at IS NULL").all();
  return rows.map((row) => textOf(row, "channel"));
}

export function markChannelDead(
  database: DatabaseSync,
  channel: string,
  now: EpochMs,
  error: string,
): void {
  database
    .prepare("UPDATE outbox SET dead_at = ?, error = ? WHERE channel = ? AND dead_at IS NULL")
    .run(now, error, channel);
}

export function markDelivered(database: DatabaseSync, id: number): void {
  database.prepare("DELETE FROM outbox WHERE id = ?").run(id);
}

export function markPostponed(
  database: DatabaseSync,
  id: number,
  at: EpochMs,
  error: string,
): void {
  database
    .prepare(
      "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, error = ? WHERE id = ?",
    )
    .run(at, error, id);
}

export function markDead(database: DatabaseSync, id: number, now: EpochMs, error: string): void {
  database
    .prepare("UPDATE outbox SET attempts = attempts + 1, dead_at = ?, error = ? WHERE id = ?")
    .run(now, error, id);
}

import type { DatabaseSync } from "node:sqlite";
import type { EpochMs } from "../domain/ids.ts";
import type { ScanTally } from "../domain/report/report.ts";
import { integer } from "./sqlite.ts";

const HOUR = 3_600_000;
const hourOf = (at: EpochMs): number => Math.floor(at / HOUR);

export function addTally(
  database: DatabaseSync,
  at: EpochMs,
  { done, failed, missed }: ScanTally,
): void {
  database
    .prepare(
      "INSERT INTO scan_tally VALUES (?, ?, ?, ?) ON CONFLICT (hour) DO UPDATE SET done = done + excluded.done, failed = failed + excluded.failed, missed = missed + excluded.missed",
    )
    .run(hourOf(at), done, failed, missed);
}

/** From the hour of `since` on. */
export function tallySince(database: DatabaseSync, since: EpochMs): ScanTally {
  const row = database
    .prepare(
      "SELECT total(done) AS done, total(failed) AS failed, total(missed) AS missed FROM scan_tally WHERE hour >= ?",
    )
    .get(hourOf(since));
  return {
    done: integer(row, "done"),
    failed: integer(row, "failed"),
    missed: integer(row, "missed"),
  };
}

export function pruneTallies(database: DatabaseSync, before: EpochMs): void {
  database.prepare("DELETE FROM scan_tally WHERE hour < ?").run(hourOf(before));
}

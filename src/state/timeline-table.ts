import type { DatabaseSync } from "node:sqlite";
import { subjectKey, type EngineId, type EpochMs, type SubjectKey } from "../domain/ids.ts";
import type { Stretch } from "../domain/timeline/timeline.ts";
import type { Standing, Turn } from "../domain/timeline/turns.ts";
import { integer, textOf } from "./sqlite.ts";

export function saveTurns(database: DatabaseSync, engine: EngineId, turns: readonly Turn[]): void {
  const put = database.prepare("INSERT OR REPLACE INTO turn VALUES (?, ?, ?, ?, ?)");
  for (const { subject, at, standing, createdAt } of turns)
    put.run(engine, subject, at, standing, createdAt);
}

/** The latest of each subject. */
export function lastTurns(database: DatabaseSync, engine: EngineId): Map<SubjectKey, Turn> {
  // SQLite takes the other columns from the row that has the maximum.
  const sql =
    "SELECT subject, max(at) AS at, standing, created_at FROM turn WHERE engine = ? GROUP BY subject";
  const turns = database.prepare(sql).all(engine).map(turnOf);
  return new Map(turns.map((turn) => [turn.subject, turn]));
}

/** In order: those since then, and for each subject the one that it had then. */
export function turnsSince(database: DatabaseSync, engine: EngineId, since: EpochMs): Turn[] {
  const sql = `SELECT * FROM turn WHERE engine = :engine AND at >= ifnull(
    (SELECT max(before.at) FROM turn AS before
      WHERE before.engine = :engine AND before.subject = turn.subject AND before.at <= :since), :since)
    ORDER BY subject, at`;
  return database.prepare(sql).all({ engine, since }).map(turnOf);
}

function turnOf(row: Readonly<Record<string, unknown>>): Turn {
  return {
    subject: subjectKey(textOf(row, "subject")),
    at: integer(row, "at"),
    standing: textOf(row, "standing") as Standing,
    createdAt: row["created_at"] === null ? null : integer(row, "created_at"),
  };
}

export function saveWatches(database: DatabaseSync, watched: readonly Stretch[]): void {
  const put = database.prepare("INSERT OR REPLACE INTO watch VALUES (?, ?)");
  for (const { from, to } of watched) put.run(from, to);
}

/** That reach beyond then, in order. */
export function watchesSince(database: DatabaseSync, since: EpochMs): Stretch[] {
  const rows = database.prepare("SELECT * FROM watch WHERE seen >= ? ORDER BY began").all(since);
  return rows.map((row) => ({ from: integer(row, "began"), to: integer(row, "seen") }));
}

/** What a later turn had taken the place of by then, and subjects that were gone. */
const OLD_TURN = `FROM turn WHERE at < :ended AND (standing = 'gone' OR EXISTS (
  SELECT 1 FROM turn AS later WHERE later.engine = turn.engine AND later.subject = turn.subject
    AND later.at > turn.at AND later.at < :ended))`;

/** How many rows `pruneTimeline` would drop. */
export function countOldTurns(database: DatabaseSync, ended: EpochMs): number {
  return integer(database.prepare(`SELECT count(*) AS old ${OLD_TURN}`).get({ ended }), "old");
}

export function pruneTimeline(database: DatabaseSync, ended: EpochMs): void {
  database.prepare(`DELETE ${OLD_TURN}`).run({ ended });
  database.prepare("DELETE FROM watch WHERE seen < ?").run(ended);
}

import type { DatabaseSync } from "node:sqlite";
import type { HealCase, HealEnd } from "../domain/heal/record.ts";
import type { PastHeal } from "../domain/heal/rest.ts";
import {
  containerId,
  imageId,
  subjectKey,
  type ContainerId,
  type EngineId,
  type EpochMs,
  type SubjectKey,
} from "../domain/ids.ts";
import { quarantineKey } from "../domain/memory.ts";
import { integer, textOf } from "./sqlite.ts";

/** A record as the journal keeps it, whatever its method. */
export interface JournalRecord extends HealCase {
  readonly method: string;
}

export interface HealStepTime {
  readonly phase: string;
  readonly at: EpochMs;
}

/** A row of the journal. */
export interface HealRow {
  readonly id: string;
  readonly parent: string | null;
  readonly record: JournalRecord;
  readonly phase: string;
  readonly replacementId: ContainerId | null;
  readonly steps: readonly HealStepTime[];
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs | null;
  readonly end: HealEnd | null;
}

export function insertHeal(
  database: DatabaseSync,
  record: JournalRecord,
  phase: string,
  parent: string | null,
): void {
  const steps: readonly HealStepTime[] = [{ phase, at: record.openedAt }];
  database
    .prepare(
      "INSERT INTO heal (id, engine, subject, parent, method, record, phase, steps, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .run(
      record.id,
      record.engine,
      record.subject,
      parent,
      record.method,
      JSON.stringify(record),
      phase,
      JSON.stringify(steps),
      record.openedAt,
    );
}

export function advanceHeal(database: DatabaseSync, id: string, phase: string, at: EpochMs): void {
  database
    .prepare(
      "UPDATE heal SET phase = ?, steps = json_insert(steps, '$[#]', json_object('phase', ?, 'at', ?)) WHERE id = ?",
    )
    .run(phase, phase, at, id);
}

export function noteReplacement(
  database: DatabaseSync,
  id: string,
  replacement: ContainerId,
): void {
  database.prepare("UPDATE heal SET replacement = ? WHERE id = ?").run(replacement, id);
}

/** With its dependents. The inspects in the records hold whatever secrets people put into environment variables: they
 *  are kept for as long as something may have to be recreated from them. */
export function closeHeal(database: DatabaseSync, id: string, end: HealEnd, at: EpochMs): void {
  const isNeeded = end.outcome === "lost" || end.outcome === "failed";
  const record = isNeeded
    ? "record"
    : "json_remove(record, '$.old', '$.oldImageConfig', '$.newImage.config', '$.replacement', '$.dependents', '$.replicas')";
  database
    .prepare(
      `UPDATE heal SET closed_at = ?, outcome = ?, ending = ?, record = ${record} WHERE id = ? OR parent = ?`,
    )
    .run(at, end.outcome, JSON.stringify(end), id, id);
}

/** Open ones, oldest first, without dependents. */
export function openHeals(database: DatabaseSync, engine: EngineId): HealRow[] {
  const sql =
    "SELECT * FROM heal WHERE engine = ? AND closed_at IS NULL AND parent IS NULL ORDER BY opened_at, id";
  return database.prepare(sql).all(engine).map(healRow);
}

export function hasHeal(database: DatabaseSync, id: string): boolean {
  return database.prepare("SELECT 1 FROM heal WHERE id = ?").get(id) !== undefined;
}

/** A heal's dependents, in the order in which they were opened. */
export function dependentHeals(database: DatabaseSync, parent: string): HealRow[] {
  const sql = "SELECT * FROM heal WHERE parent = ? ORDER BY opened_at, id";
  return database.prepare(sql).all(parent).map(healRow);
}

/** Opened or still open since then, newest first, without dependents. */
export function healsSince(database: DatabaseSync, engine: EngineId, since: EpochMs): HealRow[] {
  const sql =
    "SELECT * FROM heal WHERE engine = ? AND parent IS NULL AND (opened_at >= ? OR closed_at IS NULL) ORDER BY opened_at DESC, id DESC";
  return database.prepare(sql).all(engine, since).map(healRow);
}

/** How the latest ones of a subject ended, newest first. */
export function lastHeals(
  database: DatabaseSync,
  engine: EngineId,
  subject: SubjectKey,
): PastHeal[] {
  const sql =
    "SELECT * FROM heal WHERE engine = ? AND subject = ? AND parent IS NULL AND closed_at IS NOT NULL ORDER BY closed_at DESC, id DESC LIMIT 20";
  return database
    .prepare(sql)
    .all(engine, subject)
    .map(healRow)
    .flatMap(({ record, end, closedAt }) =>
      end === null || closedAt === null
        ? []
        : [{ ...end, newest: record.affected.newest.id, closedAt }],
    );
}

function healRow(row: Readonly<Record<string, unknown>>): HealRow {
  const ending = textOf(row, "ending");
  const replacement = textOf(row, "replacement");
  return {
    id: textOf(row, "id"),
    parent: textOf(row, "parent") || null,
    record: JSON.parse(textOf(row, "record")) as JournalRecord,
    phase: textOf(row, "phase"),
    replacementId: replacement === "" ? null : containerId(replacement),
    steps: JSON.parse(textOf(row, "steps")) as HealStepTime[],
    openedAt: integer(row, "opened_at"),
    closedAt: row["closed_at"] === null ? null : integer(row, "closed_at"),
    end: ending === "" ? null : (JSON.parse(ending) as HealEnd),
  };
}

export function putQuarantine(
  database: DatabaseSync,
  { engine, subject, siblings = [], id, affected }: HealCase,
  at: EpochMs,
): void {
  const put = database.prepare("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?)");
  for (const one of [subject, ...siblings]) put.run(engine, one, affected.newest.id, at, id);
}

/** What ran in the end needs no quarantine any more. */
export function liftQuarantine(
  database: DatabaseSync,
  { engine, subject, siblings = [], affected }: HealCase,
): void {
  const lift = database.prepare(
    "DELETE FROM quarantine WHERE engine = ? AND subject = ? AND image = ?",
  );
  for (const one of [subject, ...siblings]) lift.run(engine, one, affected.newest.id);
}

export function loadQuarantine(database: DatabaseSync, engine: EngineId): ReadonlySet<string> {
  const rows = database
    .prepare("SELECT subject, image FROM quarantine WHERE engine = ?")
    .all(engine);
  return new Set(
    rows.map((row) =>
      quarantineKey(subjectKey(textOf(row, "subject")), imageId(textOf(row, "image"))),
    ),
  );
}

/** Subjects with an open heal. */
export function subjectsInHeal(database: DatabaseSync, engine: EngineId): ReadonlySet<SubjectKey> {
  const sql = `SELECT subject FROM heal WHERE engine = :engine AND closed_at IS NULL UNION
    SELECT sibling.value FROM heal, json_each(record, '$.siblings') AS sibling WHERE engine = :engine AND closed_at IS NULL`;
  return new Set(
    database
      .prepare(sql)
      .all({ engine })
      .map((row) => subjectKey(textOf(row, "subject"))),
  );
}

/** Whoever was told that an image is not tried again must be able to rely on it while the image is there. */
const OLD_QUARANTINE =
  "FROM quarantine WHERE since < ? AND NOT EXISTS (SELECT 1 FROM image WHERE image.engine = quarantine.engine AND image.id = quarantine.image)";

/** How many rows `pruneHeals` would drop, dependents' included. */
export function countOldHeals(database: DatabaseSync, ended: EpochMs): number {
  const sql = `SELECT (SELECT count(*) FROM heal WHERE closed_at < ?) + (SELECT count(*) ${OLD_QUARANTINE}) AS old`;
  return integer(database.prepare(sql).get(ended, ended), "old");
}

export function pruneHeals(database: DatabaseSync, ended: EpochMs): void {
  database.prepare("DELETE FROM heal WHERE closed_at < ?").run(ended);
  database.prepare(`DELETE ${OLD_QUARANTINE}`).run(ended);
}

export function countOpenHeals(database: DatabaseSync): number {
  const sql = "SELECT count(*) AS open FROM heal WHERE closed_at IS NULL AND parent IS NULL";
  return integer(database.prepare(sql).get(), "open");
}

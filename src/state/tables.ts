import type { DatabaseSync } from "node:sqlite";
import type { EngineId, EpochMs, SubjectKey } from "../domain/ids.ts";
import type { Incident } from "../domain/incident.ts";
import type { Divergence, Memory } from "../domain/memory.ts";
import type { ContainerFact, ImageFact } from "../domain/observation.ts";
import type { MemoryChange } from "../domain/remember.ts";
import type { Ack, Hold } from "../domain/verdict.ts";
import { loadQuarantine, subjectsInHeal } from "./heal-table.ts";
import { integer, textOf } from "./sqlite.ts";

/** Rows as the domain's own types and back. Each function is a part of a transaction of `Storage`. */
export function loadMemory(database: DatabaseSync, engine: EngineId): Memory {
  return {
    images: keyed(bodies<ImageFact>(database, "image", engine), ({ id }) => id),
    containers: keyed(bodies<ContainerFact>(database, "container", engine), ({ id }) => id),
    divergences: keyed(
      bodies<Divergence>(database, "divergence", engine),
      ({ subject }) => subject,
    ),
    holds: loadHolds(database, engine),
    acks: acksOf(loadOpenIncidents(database, engine)),
    quarantine: loadQuarantine(database, engine),
    healing: subjectsInHeal(database, engine),
  };
}

function bodies<T>(database: DatabaseSync, table: string, engine: EngineId): T[] {
  const rows = database.prepare(`SELECT body FROM ${table} WHERE engine = ?`).all(engine);
  return rows.map((row) => JSON.parse(textOf(row, "body")) as T);
}

function keyed<Id, Fact>(facts: readonly Fact[], idOf: (fact: Fact) => Id): Map<Id, Fact> {
  return new Map(facts.map((fact) => [idOf(fact), fact]));
}

function acksOf(incidents: readonly Incident[]): Map<SubjectKey, Ack> {
  const acked = incidents.flatMap(({ subject, ackUntil }) =>
    ackUntil === null ? [] : [[subject, { until: ackUntil }] as const],
  );
  return new Map(acked);
}

export function saveMemory(database: DatabaseSync, engine: EngineId, change: MemoryChange): void {
  put(database, "image", engine, change.images, ({ id }) => id);
  put(database, "container", engine, change.containers, ({ id }) => id);
  put(database, "divergence", engine, change.divergences, ({ subject }) => subject);
  drop(database, "image", engine, change.forgetImages);
  drop(database, "container", engine, change.forgetContainers);
  drop(database, "divergence", engine, change.forgetDivergences);
}

type MemoryTable = "image" | "container" | "divergence";

function put<Fact>(
  database: DatabaseSync,
  table: MemoryTable,
  engine: EngineId,
  facts: readonly Fact[],
  idOf: (fact: Fact) => string,
): void {
  const statement = database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`);
  for (const fact of facts) statement.run(engine, idOf(fact), JSON.stringify(fact));
}

function drop(
  database: DatabaseSync,
  table: MemoryTable,
  engine: EngineId,
  ids: readonly string[],
): void {
  const key = table === "divergence" ? "subject" : "id";
  const statement = database.prepare(`DELETE FROM ${table} WHERE engine = ? AND ${key} = ?`);
  for (const id of ids) statement.run(engine, id);
}

export function loadOpenIncidents(database: DatabaseSync, engine: EngineId): Incident[] {
  const sql =
    "SELECT body FROM incident WHERE engine = ? AND resolved_at IS NULL ORDER BY opened_at, id";
  return incidents(database.prepare(sql).all(engine));
}

/** Opened or still open since then, newest first. */
export function loadIncidents(
  database: DatabaseSync,
  engine: EngineId,
  since: EpochMs,
): Incident[] {
  const sql =
    "SELECT body FROM incident WHERE engine = ? AND (opened_at >= ? OR resolved_at IS NULL OR resolved_at >= ?) ORDER BY opened_at DESC, id";
  return incidents(database.prepare(sql).all(engine, since, since));
}

function incidents(rows: readonly Record<string, unknown>[]): Incident[] {
  return rows.map((row) => JSON.parse(textOf(row, "body")) as Incident);
}

export function saveIncident(database: DatabaseSync, engine: EngineId, incident: Incident): void {
  database
    .prepare(
      "INSERT INTO incident VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, resolved_at = excluded.resolved_at",
    )
    .run(
      incident.id,
      engine,
      incident.subject,
      JSON.stringify(incident),
      incident.openedAt,
      incident.resolvedAt,
    );
}

export function loadHolds(database: DatabaseSync, engine: EngineId): Hold[] {
  const rows = database
    .prepare("SELECT * FROM hold WHERE engine = ? ORDER BY until, id")
    .all(engine);
  return rows.map((row) => ({
    id: textOf(row, "id"),
    project: optionalText(row, "project"),
    container: optionalText(row, "container"),
    until: integer(row, "until"),
    reason: optionalText(row, "reason"),
  }));
}

export function saveHold(database: DatabaseSync, engine: EngineId, hold: Hold): void {
  database
    .prepare("INSERT INTO hold VALUES (?, ?, ?, ?, ?, ?)")
    .run(hold.id, engine, hold.project, hold.container, hold.until, hold.reason);
}

function optionalText(row: Readonly<Record<string, unknown>>, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

import type { Incident } from "../../domain/incident.ts";
import type { HealRow } from "../../state/heal-table.ts";
import type { DeadLetter } from "../../state/outbox-table.ts";
import { engineDocument, type NamedEngine } from "./engine.ts";
import { iso, isoOrNull } from "./times.ts";

/** What the state knows of the past, newest first. */
export interface Past {
  readonly engine: NamedEngine;
  readonly incidents: readonly Incident[];
  readonly heals: readonly HealRow[];
  readonly letters: readonly DeadLetter[];
}

/** The document of `history --json`. Keys are stable: people script against them. */
export function historyDocument({ engine, incidents, heals, letters }: Past) {
  return {
    schemaVersion: 1,
    engine: engineDocument(engine),
    incidents: incidents.map(incidentDocument),
    heals: heals.map(pastHealDocument),
    deadLetters: letters.map(letterDocument),
  };
}

/** The incidents alone. */
export function incidentsDocument({ engine, incidents }: Pick<Past, "engine" | "incidents">) {
  return {
    schemaVersion: 1,
    engine: engineDocument(engine),
    incidents: incidents.map(incidentDocument),
  };
}

function incidentDocument({ affected, ...incident }: Incident) {
  const { container, project, service, reference, running, newest } = affected;
  return {
    id: incident.id,
    container,
    project,
    service,
    reference,
    reason: incident.reason,
    rolledBack: incident.rolledBack,
    running: { id: running.id, createdAt: isoOrNull(running.createdAt) },
    newest: { ...newest, createdAt: isoOrNull(newest.createdAt) },
    divergedSince: iso(incident.divergedSince),
    openedAt: iso(incident.openedAt),
    reminders: incident.reminders,
    ackUntil: isoOrNull(incident.ackUntil),
    resolvedAt: isoOrNull(incident.resolvedAt),
    resolution: incident.resolution,
  };
}

function pastHealDocument({ record, end, steps, openedAt, closedAt }: HealRow) {
  const { affected } = record;
  const needsDefinition = end?.outcome === "lost" || end?.outcome === "failed";
  return {
    id: record.id,
    method: record.method,
    by: record.by,
    container: record.container,
    project: affected.project,
    service: affected.service,
    oldImage: affected.running.id,
    newImage: affected.newest.id,
    openedAt: iso(openedAt),
    closedAt: isoOrNull(closedAt),
    outcome: end?.outcome ?? null,
    detail: end?.detail ?? null,
    quarantined: end?.quarantine ?? false,
    downtimeSeconds: downtimeSeconds(end),
    steps: steps.map(({ phase, at }) => ({ phase, at: iso(at) })),
    warnings: end?.warnings ?? [],
    logs: end?.logs ?? [],
    /** Inspect of what was lost, to make it again by hand. */
    definition: needsDefinition && "old" in record ? record.old : null,
  };
}

export function downtimeSeconds(end: HealRow["end"]): number | null {
  const downtime = end?.downtime ?? null;
  return downtime === null ? null : downtime / 1000;
}

function letterDocument({ channel, attempts, error, createdAt, deadAt, bulletin }: DeadLetter) {
  return {
    channel,
    kinds: bulletin.items.map(({ kind }) => kind),
    createdAt: iso(createdAt),
    givenUpAt: iso(deadAt),
    attempts,
    error,
  };
}

import { shortId } from "../../domain/ids.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { HealRow } from "../../state/heal-table.ts";
import { iso, isoOrNull, minute } from "./check-json.ts";
import { renderTable } from "./table.ts";

/** One heal in `history --json`. */
export function pastHealDocument({ record, end, steps, openedAt, closedAt }: HealRow) {
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

const COLUMNS = [
  { title: "HEALED (UTC)", max: 16 },
  { title: "CONTAINER", max: 24 },
  { title: "OUTCOME", max: 12 },
  { title: "FROM → TO, AND WHY", max: 100 },
];

export function pastHealLines(heals: readonly HealRow[], width: number): string[] {
  if (heals.length === 0) return [];
  const rows = heals.map(({ record, end, openedAt }) => [
    minute(openedAt),
    terminal(record.container),
    end?.outcome ?? "under way",
    terminal(whatBecame(record, end)),
  ]);
  return ["", ...renderTable(COLUMNS, rows, width)];
}

function whatBecame({ affected, id, by }: HealRow["record"], end: HealRow["end"]): string {
  const images = `${shortId(affected.running.id)} → ${shortId(affected.newest.id)}`;
  const seconds = downtimeSeconds(end);
  const downtime = seconds === null ? "" : `, down for ${seconds.toFixed(1)} s`;
  const why = end === null ? "" : `: ${end.detail}`;
  return `${images}${why}${downtime} (${id}, by ${by === "daemon" ? "the daemon" : "a command"})`;
}

function downtimeSeconds(end: HealRow["end"]): number | null {
  const downtime = end?.downtime ?? null;
  return downtime === null ? null : downtime / 1000;
}

import { shortId } from "../../domain/ids.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { HealRow } from "../../state/heal-table.ts";
import { downtimeSeconds } from "../../status/documents/history.ts";
import { minute } from "../../status/documents/times.ts";
import { renderTable } from "./table.ts";

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

import type { HarnessIdentity } from "../../test/harness/engine.ts";
import type { Outcome } from "./run.ts";

/** An engine with how the suites went on it. */
export interface Tested extends Pick<HarnessIdentity, "kind" | "store"> {
  readonly version: string;
  readonly apiVersion: string;
  readonly outcomes: readonly Outcome[];
  /** Such as 2026-11-24. */
  readonly day: string;
}

/** A row for an engine; its first cell tells which, all others are by column. */
export interface Row {
  readonly engine: string;
  readonly cells: Readonly<Record<string, string>>;
}

const FIRST = ["engine", "API", "day"];
const ABSENT = "–";

export function rowOf({ kind, version, store, apiVersion, outcomes, day }: Tested): Row {
  // Without what a distribution adds: `20.10.24+dfsg1`.
  const upstream = version.replace(/\+.*$/, "");
  const docker = `Docker Engine ${upstream}, ${store} image store`;
  const engine = kind === "podman" ? `Podman ${upstream}` : docker;
  const results = outcomes.map((outcome) => [outcome.suite, said(outcome)] as const);
  return { engine, cells: { engine, API: apiVersion, day, ...Object.fromEntries(results) } };
}

function said({ passed, failed, skipped }: Outcome): string {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(skipped > 0 ? [`${skipped} n/a`] : []),
  ].join(", ");
}

/** As Markdown, which a terminal shows well enough too. */
export function table(rows: readonly Row[]): string {
  const suites = new Set(rows.flatMap(({ cells }) => Object.keys(cells)));
  for (const column of FIRST) suites.delete(column);
  const columns = [...FIRST, ...suites];
  const lines = rows.map(({ cells }) => columns.map((column) => cells[column] ?? ABSENT));
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(columns), line(widths.map((width) => "-".repeat(width))), ...lines.map(line)].join(
    "\n",
  );
}

/** The rows of such a table. */
export function rowsIn(markdown: string): Row[] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("| "));
  const [columns = [], , ...rows] = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map((cells) => {
    const named = columns.map((column, i) => [column, cells[i] ?? ABSENT] as const);
    const present = named.filter(([, cell]) => cell !== ABSENT);
    return { engine: cells[0] ?? "", cells: Object.fromEntries(present) };
  });
}

/** New rows in the place of older ones of the same engines, the others as they were. */
export function merged(before: readonly Row[], news: readonly Row[]): Row[] {
  const byEngine = new Map(news.map((row) => [row.engine, row]));
  const kept = before.map((row) => byEngine.get(row.engine) ?? row);
  const known = new Set(before.map(({ engine }) => engine));
  return [...kept, ...news.filter(({ engine }) => !known.has(engine))];
}

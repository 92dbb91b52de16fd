import type { HarnessIdentity } from "../../test/harness/engine.ts";
import type { Outcome } from "./run.ts";

/** An engine with how the suites went on it. */
export interface Tested extends Pick<HarnessIdentity, "kind" | "store"> {
  readonly version: string;
  readonly apiVersion: string;
  readonly outcomes: readonly Outcome[];
}

/** As Markdown, which a terminal shows well enough too: a row for an engine, a column for a suite. */
export function table(tested: readonly Tested[]): string {
  const suites = [...new Set(tested.flatMap(({ outcomes }) => outcomes.map(({ suite }) => suite)))];
  const head = ["engine", "image store", "API", ...suites];
  const rows = tested.map((one) => [
    `${one.kind === "podman" ? "Podman" : "Docker Engine"} ${upstream(one.version)}`,
    one.kind === "podman" ? "its own" : one.store,
    one.apiVersion,
    ...suites.map((suite) => said(one.outcomes.find((outcome) => outcome.suite === suite))),
  ]);
  return aligned([head, ...rows]);
}

/** Without what a distribution adds: `20.10.24+dfsg1`. */
function upstream(version: string): string {
  return version.replace(/\+.*$/, "");
}

function said(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "–";
  const { passed, failed, skipped } = outcome;
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(skipped > 0 ? [`${skipped} n/a`] : []),
  ];
  return parts.join(", ");
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [head = "", ...body] = rows.map((row) =>
    line(row.map((cell, i) => cell.padEnd(widths[i] ?? 0))),
  );
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}

/** One line of the result: what was measured, what was wanted, and whether it was met. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** null: measured for information. */
  readonly target: string | null;
  readonly met: boolean | null;
}

export function row(what: string, measured: string): Row {
  return { what, measured, target: null, met: null };
}

export function against(what: string, measured: string, target: string, met: boolean): Row {
  return { what, measured, target, met };
}

/** As a Markdown table, which a terminal shows well enough too. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, target, met }) => [
    what,
    measured,
    target ?? "–",
    met === null ? "–" : met ? "met" : "missed",
  ]);
  const all = [["what", "measured", "target", ""], ...cells];
  const widths = [0, 1, 2, 3].map((i) => Math.max(3, ...all.map((line) => line[i]?.length ?? 0)));
  const [head = "", ...body] = all.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`,
  );
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

export const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;

export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

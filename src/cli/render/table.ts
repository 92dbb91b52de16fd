/** A cell's text is as found; the table makes it safe for a terminal, wraps it and pads it. */
export interface Column {
  readonly title: string;
  /** Widest it may get; the last column takes what is left. */
  readonly max: number;
}

export type Paint = (text: string, row: number, column: number) => string;

const GAP = 2;

/** Lines of at most `width` characters. Long cells wrap inside their column; nothing is cut off. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: Paint = (text) => text,
): string[] {
  const widths = columnWidths(columns, rows, width);
  const title = joinCells(columns.map(({ title: text }, i) => text.padEnd(widths[i] ?? 0)));
  return [title, ...rows.flatMap((row, index) => renderRow(row, index, widths, paint))];
}

function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map(({ title, max }, i) => {
    const longest = Math.max(title.length, ...rows.map((row) => longestLine(row[i] ?? "")));
    return Math.min(longest, max);
  });
  const others = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP, 0);
  const last = widths.length - 1;
  return widths.map((one, i) => (i === last ? Math.max(20, Math.min(one, width - others)) : one));
}

function longestLine(cell: string): number {
  return Math.max(...cell.split("\n").map((line) => line.length));
}

function renderRow(
  row: readonly string[],
  index: number,
  widths: readonly number[],
  paint: Paint,
): string[] {
  const cells = row.map((cell, i) => wrap(cell, widths[i] ?? 0));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    joinCells(cells.map((lines, i) => paint((lines[line] ?? "").padEnd(widths[i] ?? 0), index, i))),
  );
}

function joinCells(cells: readonly string[]): string {
  return cells.join(" ".repeat(GAP)).trimEnd();
}

/** At spaces where there are any, inside a word where it is longer than the line. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  return [...lines, rest];
}

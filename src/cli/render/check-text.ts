import type { TextStyle } from "./style.ts";
import { formatSpan } from "../../domain/duration.ts";
import { explain } from "../../domain/explain.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { nextStep } from "../../domain/next-step.ts";
import { remedyFor } from "../../domain/remedy.ts";
import { countsOf } from "../../domain/summary.ts";
import { isDiverged, worstFirst, type Judgement, type VerdictKind } from "../../domain/verdict.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import { renderTable, wrap } from "./table.ts";

export interface CheckTextOptions {
  readonly engine: string;
  readonly judgements: readonly Judgement[];
  readonly at: EpochMs;
  /** Characters a line. */
  readonly width: number;
  readonly style: TextStyle;
}

const COLUMNS = [
  { title: "CONTAINER", max: 24 },
  { title: "VERDICT", max: 9 },
  { title: "SINCE", max: 10 },
  { title: "WHY, AND WHAT NEXT", max: 100 },
];

/** What is said, in lines: worst first, and in the end the command to type. */
export interface CheckParts {
  readonly summary: string;
  /** With its heading. */
  readonly table: readonly string[];
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}

export function checkParts(options: CheckTextOptions): CheckParts {
  const { judgements, at, width, style } = options;
  const rows = [...judgements].sort(worstFirst);
  const lines = renderTable(
    COLUMNS,
    rows.map((judgement) => row(judgement, at)),
    width,
    (text, index, column) => paintCell(text, rows[index]?.verdict, column, style),
  );
  return {
    summary: summaryLine(options),
    table: rows.length > 0 ? ["", ...lines] : [],
    warnings: warningLines(rows, options),
    next: nextLines(rows, options),
  };
}

export function checkText(options: CheckTextOptions): string {
  const { summary, table, warnings, next } = checkParts(options);
  return [summary, ...table, ...warnings, ...next, ""].join("\n");
}

function summaryLine({ engine, judgements, style }: CheckTextOptions): string {
  const counts = countsOf(judgements).map(({ kind, count }) => style[kind](`${count} ${kind}`));
  const what = judgements.length === 0 ? "no running containers" : counts.join(", ");
  return `${terminal(engine)}: ${what}`;
}

function row(judgement: Judgement, at: EpochMs): string[] {
  const since = isDiverged(judgement) ? formatSpan(at - judgement.divergedSince) : "-";
  const why = [explain(judgement, at), ...nextStep(judgement, at)].join("; ");
  return [terminal(judgement.container.name), judgement.verdict, since, terminal(why)];
}

function paintCell(
  text: string,
  verdict: VerdictKind | undefined,
  column: number,
  style: TextStyle,
): string {
  return column === 1 && verdict !== undefined ? style[verdict](text) : text;
}

function warningLines(rows: readonly Judgement[], { width, style }: CheckTextOptions): string[] {
  const lines = rows.flatMap(({ container, warnings }) =>
    warnings.flatMap(({ code, message }) =>
      hanging(terminal(`${container.name}: ${message} [${code}]`), width),
    ),
  );
  return lines.length === 0 ? [] : ["", ...lines.map((line) => style.warning(line))];
}

function hanging(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line, i) => (i === 0 ? "! " : "  ") + line);
}

/** More commands than this would be a list to study, not one to type. */
const MOST_COMMANDS = 5;

function nextLines(rows: readonly Judgement[], { style }: CheckTextOptions): string[] {
  const stale = rows.filter(isDiverged).filter(({ verdict }) => verdict === "stale");
  if (stale.length === 0) return ["", `Nothing to do${rows.some(isDiverged) ? " yet" : ""}.`];
  const commands = [...new Set(stale.map(remedyFor).filter((command) => command !== null))];
  const shown = commands
    .slice(0, MOST_COMMANDS)
    .map((command) => `  ${style.command(terminal(command))}`);
  const left = commands.length - shown.length;
  const manual = stale.filter((judgement) => remedyFor(judgement) === null);
  return [
    ...(shown.length > 0 ? ["", "To run what was built last, type:", ...shown] : []),
    ...(left > 0 ? [`  … and ${left} more: stalewatch check --json`] : []),
    ...(manual.length > 0
      ? ["", `Recreate by hand, the way it was started: ${names(manual)}`]
      : []),
  ];
}

function names(judgements: readonly Judgement[]): string {
  const shown = judgements.slice(0, MOST_COMMANDS).map(({ container }) => terminal(container.name));
  const left = judgements.length - shown.length;
  return shown.join(", ") + (left > 0 ? ` and ${left} more` : "");
}

import { stripVTControlCharacters } from "node:util";
import type { CheckParts } from "./check-text.ts";

/** A terminal's, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A line of the screen; it takes several rows where it is longer than one. */
export interface FrameLine {
  readonly text: string;
  readonly rows: number;
}

/** What is said of the watching itself. */
export interface WatchLines {
  /** Why the rest may be out of date; null: it is not. */
  readonly trouble: string | null;
  /** The last line. */
  readonly status: string;
}

/** One screenful; where it does not hold all, the worst ones and the commands to type. */
export function frameOf(
  parts: CheckParts,
  { trouble, status }: WatchLines,
  size: Size,
): readonly FrameLine[] {
  const head = [parts.summary, ...(trouble === null ? [] : [trouble])];
  const body = [...parts.table, ...parts.warnings];
  const tail = [...parts.next, "", status];
  const room = size.rows - rowsOf([...head, ...tail], size);
  if (room >= rowsOf(body, size)) return lines([...head, ...body, ...tail], size);
  // At least a heading and the worst one, or else what they are about is not said.
  const isTiny = room < LEAST_BODY;
  const end = isTiny ? [status] : tail;
  const left = size.rows - rowsOf([...head, ...end], size);
  const shown = fitting(body, left - 1, size);
  const more = `… ${String(body.length - shown.length)} more lines: a larger window shows them`;
  return lines([...head, ...shown, ...(left > 0 ? [more] : []), ...end], size);
}

const LEAST_BODY = 4;

/** As many of the first ones as there is room for. */
function fitting(texts: readonly string[], room: number, size: Size): readonly string[] {
  let rows = 0;
  const end = texts.findIndex((text) => (rows += rowsOf([text], size)) > room);
  return texts.slice(0, end < 0 ? texts.length : end);
}

/** Never more than the screen holds. */
function lines(texts: readonly string[], size: Size): readonly FrameLine[] {
  return fitting(texts, size.rows, size).map((text) => ({ text, rows: rowsOf([text], size) }));
}

function rowsOf(texts: readonly string[], { columns }: Size): number {
  const lengths = texts.map((text) => stripVTControlCharacters(text).length);
  return lengths.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
}

const CSI = "\u001b[";
const rowAt = (row: number): string => `${CSI}${String(row)};1H`;
const CLEAR_ROW = `${CSI}2K`;
const CLEAR_BELOW = `${CSI}J`;

/** What turns one screenful into another: only lines that differ are written, so that nothing flickers. From null,
 *  whatever is there. */
export function redraw(before: readonly FrameLine[] | null, now: readonly FrameLine[]): string {
  const old = placed(before ?? []);
  const next = placed(now);
  const changed = [...next].filter(([row, line]) => {
    const there = old.get(row);
    return there?.text !== line.text || there.rows !== line.rows;
  });
  const written = changed.map(([row, { text, rows }]) => {
    const clear = Array.from({ length: rows }, (_, i) => rowAt(row + i) + CLEAR_ROW);
    return `${clear.join("")}${rowAt(row)}${text}`;
  });
  const isShorter = endOf(now) < endOf(before ?? []);
  return (
    (before === null ? rowAt(1) + CLEAR_BELOW : "") +
    written.join("") +
    (isShorter ? rowAt(endOf(now)) + CLEAR_BELOW : "")
  );
}

/** By the row that each begins in, from 1. */
function placed(frame: readonly FrameLine[]): ReadonlyMap<number, FrameLine> {
  let row = 1;
  return new Map(
    frame.map((line) => {
      const at = row;
      row += line.rows;
      return [at, line];
    }),
  );
}

function endOf(frame: readonly FrameLine[]): number {
  return frame.reduce((sum, { rows }) => sum + rows, 1);
}

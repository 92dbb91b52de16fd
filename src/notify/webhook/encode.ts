import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import { oneLine } from "../encode/visible.ts";

/** Names, tags, revisions, IDs. */
export const NAME_AT_MOST = 255;
/** Sentences that have foreign names in them. */
export const PROSE_AT_MOST = 1000;
export const LINES_AT_MOST = 50;

/** A text from outside: one line, with nothing in it that does something where it is shown or stored. JSON alone would
 *  keep controls, and lone surrogates that databases refuse. */
export function name(text: string): string {
  return oneLine(text, NAME_AT_MOST);
}

export function nameOrNull(text: string | null): string | null {
  return text === null ? null : name(text);
}

export function prose(text: string): string {
  return oneLine(text, PROSE_AT_MOST);
}

export function lines(texts: readonly string[]): string[] {
  return texts.slice(-LINES_AT_MOST).map(prose);
}

export function isoTime(at: EpochMs): string {
  return new Date(at).toISOString();
}

export function seconds(length: Milliseconds): number {
  return Math.round(length) / 1000;
}

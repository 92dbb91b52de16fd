import type { Bulletin } from "../../domain/news.ts";
import type { Fitted } from "../fit.ts";
import { CLOSING, fittedGroups, groupsOf, isCut, namesLeft, type GroupKind } from "../groups.ts";
import { headline } from "../headline.ts";
import type { Paragraph } from "../wording.ts";
import { columns, wrapped } from "./columns.ts";
import { commandLines } from "./command-lines.ts";
import { encodedSize } from "./encoded-size.ts";
import { engineText, labelText, shownText, textOf } from "./phrase-text.ts";
import { utc } from "./times.ts";

/** What every mail reader and terminal shows without breaking lines. */
export const WIDTH = 80;
/** In bytes as sent. With the HTML part it keeps a mail below 100 kB. */
const ROOM = 30_000;
/** In bytes: some 300 names of ordinary length. */
const NAMES_ROOM = 8_000;
const LOG_LINE = 300;

/** The text part of a mail: all that it says, for readers without HTML, terminals and archives. */
export function textPart(bulletin: Bulletin): string {
  const engine = engineText(bulletin.engine);
  const title = wrapped(`${engine}: ${headline(bulletin.items)}`, WIDTH);
  const rule = "=".repeat(Math.max(...title.map(columns)));
  const footer = wrapped(`stalewatch on ${engine}, as of ${utc(bulletin.at)}`, WIDTH);
  const parts = [[...title, rule], ...paragraphs(bulletin), ["-- ", ...footer]];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function paragraphs(bulletin: Bulletin): string[][] {
  const rendering = { paragraph: asText, label: labelText, size: encodedSize };
  return fittedGroups(groupsOf(bulletin), rendering, ROOM, (_, length) => ({
    length,
    texts: Infinity,
    names: NAMES_ROOM,
  })).flatMap(([kind, fitted]) => [
    ...fitted.full.map((text) => [text]),
    ...(isCut(fitted) ? [closing(kind, fitted)] : []),
  ]);
}

function asText({ what, details, logs = [], commands }: Paragraph): string {
  const command = firstShown(commands);
  return [
    ...wrapped(textOf(what), WIDTH, "", "  "),
    ...details.flatMap((detail) => wrapped(textOf(detail), WIDTH, "  ", "    ")),
    ...(logs.length === 0 ? [] : ["  last lines:"]),
    ...logs.flatMap((line) => wrapped(shownText(line, LOG_LINE), WIDTH, "    | ")),
    ...(command === null ? [] : ["  type:", ...command.map((line) => `    ${line}`)]),
  ].join("\n");
}

/** The first that can be shown exactly. */
function firstShown(commands: readonly string[]): string[] | null {
  for (const command of commands) {
    const lines = commandLines(command, WIDTH - 4);
    if (lines !== null) return lines;
  }
  return null;
}

function closing(kind: GroupKind, fitted: Fitted): string[] {
  const { also, rest } = CLOSING[kind];
  const sentence = `${also}, without the details: ${namesLeft(fitted)}. ${textOf(rest)}.`;
  return wrapped(sentence, WIDTH, "", "  ");
}

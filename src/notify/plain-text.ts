import type { Bulletin } from "../domain/news.ts";
import { oneLine, visible } from "./encode/visible.ts";
import { CLOSING, fittedGroups, groupsOf, isCut, namesLeft, type Rendering } from "./groups.ts";
import { headline } from "./headline.ts";
import type { Phrase, Piece } from "./phrase.ts";
import { isoTime } from "./slack-phrase.ts";
import type { Paragraph } from "./wording.ts";

/** Longest line of a log, in characters. */
const LOG_LINE = 140;
const LABEL_LENGTH = 60;
const ENGINE_LENGTH = 70;
const COMMAND_AT_MOST = 800;

/** `host-1: 1 container stale`. One line, at most 200 characters. */
export function plainTitle({ engine, items }: Bulletin): string {
  return oneLine(`${engineName(engine)}: ${headline(items)}`, 200);
}

/** Text for whatever knows no markup: every line break is ours, and nothing in it can be mistaken for an order. */
export function plainText(bulletin: Bulletin, bytes: number): string {
  const rendering: Rendering = {
    paragraph: plainParagraph,
    label: (label) => oneLine(label, LABEL_LENGTH) || "(empty)",
    size: (text) => Buffer.byteLength(text),
  };
  const groups = fittedGroups(groupsOf(bulletin), rendering, bytes, (_, length) => ({
    length,
    texts: Infinity,
  }));
  const texts = groups.flatMap(([kind, fitted]) => {
    const { also, rest } = CLOSING[kind];
    const closing = `${also}, without the details: ${namesLeft(fitted)}. ${plainPhrase(rest)}.`;
    return isCut(fitted) ? [...fitted.full, closing] : fitted.full;
  });
  return texts.join("\n\n");
}

export function plainParagraph({ what, details, logs = [], commands }: Paragraph): string {
  const command = exactCommand(commands);
  return [
    plainPhrase(what),
    ...details.map(plainPhrase),
    ...logs.map((line) => `log: ${oneLine(line, LOG_LINE) || "(empty)"}`),
    ...(command === null ? [] : [`type: ${command}`]),
  ].join("\n");
}

export function plainPhrase(phrase: Phrase): string {
  return phrase.map(plainPiece).join("");
}

/** The first that can be shown as it is to be typed: one that was altered or cut is worse than none. */
export function exactCommand(commands: readonly string[]): string | null {
  const isExact = (one: string): boolean =>
    one !== "" && one.length <= COMMAND_AT_MOST && visible(one) === one;
  return commands.find(isExact) ?? null;
}

export function engineName(engine: string): string {
  return oneLine(engine, ENGINE_LENGTH) || "an engine without a name";
}

function plainPiece(piece: Piece): string {
  switch (piece.kind) {
    case "own":
    case "status":
      return piece.text;
    case "name":
    case "prose":
      return oneLine(piece.text, piece.max) || "(empty)";
    case "time":
      return isoTime(piece.at);
  }
}

import { mailText } from "../encode/mail-text.ts";
import type { Phrase, Piece } from "../phrase.ts";
import { utc } from "./times.ts";

const LABEL_LENGTH = 60;
const ENGINE_LENGTH = 70;

/** A phrase as plain text. */
export function textOf(phrase: Phrase): string {
  return phrase.map(pieceText).join("");
}

export function pieceText(piece: Piece): string {
  switch (piece.kind) {
    case "own":
    case "status":
      return piece.text;
    case "name":
    case "prose":
      return shownText(piece.text, piece.max);
    case "time":
      return utc(piece.at);
  }
}

export function shownText(text: string, max: number): string {
  return mailText(text, max) || "(empty)";
}

/** What to call a paragraph that has no room. */
export function labelText(label: string): string {
  return shownText(label, LABEL_LENGTH);
}

export function engineText(engine: string): string {
  return mailText(engine, ENGINE_LENGTH) || "an engine without a name";
}

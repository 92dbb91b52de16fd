import { clip } from "./clip.ts";

/** What does something to its surroundings, or nothing that can be seen: controls (C0, DEL, C1), formats (bidi
 *  overrides, zero-width marks, soft hyphens, tags), lone surrogates, separators, fillers. */
export const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The same text with every such character as the escape sequence that a programmer would type: ESC is `\u001b`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT[character] ?? escapeSequence(character));
}

const BREAKS = /[ \t\n\v\f\r\u0085\u2028\u2029]+/g;

/** One visible line of at most `max` UTF-16 units: line breaks and runs of blanks become one blank. */
export function oneLine(text: string, max: number): string {
  // First a rough cut: a text of megabytes shall not be worked through for the sake of its first line.
  const line = text
    .slice(0, max * 8 + 64)
    .replace(BREAKS, " ")
    .trim();
  const cut = text.length > max * 8 + 64;
  return clip(visible(cut ? `${line}…` : line), max);
}

function escapeSequence(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const digits = point.toString(16);
  return point > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, "0")}`;
}

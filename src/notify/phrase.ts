import type { EpochMs } from "../domain/ids.ts";

/** A piece of a sentence. Only `own` and `status` are our words; all else came from containers, images or errors, and
 *  no sink can print it without choosing an encoder. */
export type Piece =
  | { readonly kind: "own"; readonly text: string }
  /** What a reader looks for first; bold where there is bold. */
  | { readonly kind: "status"; readonly text: string }
  /** A name or an ID, at most this many characters of it. */
  | { readonly kind: "name"; readonly text: string; readonly max: number }
  /** A sentence that has foreign names in it. */
  | { readonly kind: "prose"; readonly text: string; readonly max: number }
  | { readonly kind: "time"; readonly at: EpochMs };

export type Phrase = readonly Piece[];

export const own = (text: string): Piece => ({ kind: "own", text });
export const status = (text: string): Piece => ({ kind: "status", text });
export const name = (text: string, max = 100): Piece => ({ kind: "name", text, max });
export const prose = (text: string, max = 300): Piece => ({ kind: "prose", text, max });
export const time = (at: EpochMs): Piece => ({ kind: "time", at });

/** A phrase from a template: its literal text is ours, what is put in must be pieces. */
export function say(
  literals: TemplateStringsArray,
  ...inserted: readonly (Piece | Phrase)[]
): Phrase {
  return literals
    .flatMap((literal, i) => [own(literal), ...piecesOf(inserted[i])])
    .filter((piece) => piece.kind !== "own" || piece.text !== "");
}

function piecesOf(inserted: Piece | Phrase | undefined): Phrase {
  if (inserted === undefined) return [];
  return "kind" in inserted ? [inserted] : inserted;
}

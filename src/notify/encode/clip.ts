let segmenter: Intl.Segmenter | undefined;

/** At most `max` UTF-16 units, the mark `…` included. Cuts between graphemes; only a single grapheme that is itself
 *  too long (a letter under a thousand accents) is cut between code points. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  return `${text.slice(0, cutBefore(text, max - 1))}…`;
}

/** The like for a text that grows when it is encoded: the encoded form is at most `max` long. */
export function clipEncoded(text: string, max: number, encode: (text: string) => string): string {
  let length = Math.min(text.length, max);
  let encoded = encode(clip(text, length));
  while (encoded.length > max && length > 0) {
    // No character becomes longer than `&amp;`, five.
    length -= Math.max(1, Math.floor((encoded.length - max) / 5));
    encoded = encode(clip(text, length));
  }
  return encoded;
}

/** The last place at or before `end` where a cut splits nothing. */
function cutBefore(text: string, end: number): number {
  if (end === 0) return 0;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  // Far beyond any honest grapheme, so that a text of megabytes costs no more than a short one.
  const grapheme = segmenter.segment(text.slice(0, end + 64)).containing(end);
  const cut = grapheme?.index ?? end;
  return cut > 0 ? cut : end - (splitsPair(text, end) ? 1 : 0);
}

function splitsPair(text: string, at: number): boolean {
  return (
    isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff) &&
    isBetween(text.charCodeAt(at), 0xdc00, 0xdfff)
  );
}

function isBetween(unit: number, low: number, high: number): boolean {
  return unit >= low && unit <= high;
}

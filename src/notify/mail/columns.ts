let segmenter: Intl.Segmenter | undefined;

const ASCII = /^[\x20-\x7e]*$/;
/** What terminals and monospaced fonts show two columns wide: the scripts of East Asia and pictures. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many columns a visible text takes. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0);
}

/** Lines of at most `width` columns, broken at blanks, and within a word only where it is longer than a line. The first
 *  begins with `first`, the others with `rest`, which both count. */
export function wrapped(text: string, width: number, first = "", rest = first): string[] {
  const room = width - Math.max(first.length, rest.length);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((one) => pieces(one, room))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columns(longer) <= room) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line].map((one, i) => `${i === 0 ? first : rest}${one}`);
}

/** A word as it is, or cut where it is longer than a line. */
function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word];
  const found: string[] = [];
  let piece = "";
  for (const one of graphemes(word)) {
    if (columns(piece + one) > width) {
      found.push(piece);
      piece = "";
    }
    piece += one;
  }
  return [...found, piece];
}

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const ASCII = /^[\x20-\x7e]*$/;
/** What terminals and monospaced fonts show two columns wide: the scripts of East Asia and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** What stands on the letter before it. */
const MARK = /\p{M}/u;

/** How many columns a text takes of which all can be seen. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += width(character);
  return sum;
}

function width(character: string): number {
  if (character <= "\u02ff") return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Lines of at most `most` columns, broken at blanks, and within a word only where it is longer than a line. The first
 *  begins with `first`, the others with `rest`, which both count. */
export function wrapped(text: string, most: number, first = "", rest = first): string[] {
  const room = most - Math.max(first.length, rest.length);
  const lines: string[][] = [[]];
  let used = 0;
  for (const word of text.split(" ").flatMap((one) => pieces(one, room))) {
    const line = lines.at(-1) ?? [];
    const needed = columns(word);
    if (line.length > 0 && used + 1 + needed > room) {
      lines.push([word]);
      used = needed;
    } else {
      used += needed + (line.length > 0 ? 1 : 0);
      line.push(word);
    }
  }
  return lines.map((words, i) => `${i === 0 ? first : rest}${words.join(" ")}`);
}

/** A word as it is, or cut where it is longer than a line, but never before a mark. */
function pieces(word: string, room: number): string[] {
  if (columns(word) <= room) return [word];
  const found: string[] = [];
  let piece = "";
  let used = 0;
  for (const character of word) {
    const needed = width(character);
    if (used + needed > room) {
      found.push(piece);
      [piece, used] = ["", 0];
    }
    piece += character;
    used += needed;
  }
  return [...found, piece];
}

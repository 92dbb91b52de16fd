import { visible } from "../encode/visible.ts";
import { columns } from "./columns.ts";

/** A command for a POSIX shell in lines of at most `width` columns, which mean the same when they are copied together:
 *  all but the last end in a backslash. null where that is not possible, because a command that was altered or cut is
 *  worse than none. */
export function commandLines(command: string, width: number, indent = "  "): string[] | null {
  if (command === "" || visible(command) !== command) return null;
  const words = wordsOf(command);
  if (words === null) return null;
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    const longer = line.trim() === "" ? `${line}${word}` : `${line} ${word}`;
    if (columns(longer) + CONTINUED.length <= width) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word}`);
  }
  const shown = lines.map((line, i) => (i < lines.length - 1 ? `${line}${CONTINUED}` : line));
  return shown.every((line) => columns(line) <= width) ? shown : null;
}

const CONTINUED = " \\";

/** The words between blanks that no quote holds; null where a blank is not simply one between two words. */
function wordsOf(command: string): string[] | null {
  const words = command.match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/gs) ?? [];
  return words.join(" ") === command ? words : null;
}

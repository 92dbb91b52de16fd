import type { CommandEnd } from "./commands.ts";

const LINES = 20;
/** The longest line that is worth keeping, in characters. */
const LONGEST_LINE = 500;

/** The last of what Compose wrote, for the heal's record. */
export function lastLines({ stdout, stderr }: CommandEnd): string[] {
  return linesOf(`${stdout}\n${stderr}`).slice(-LINES);
}

/** What it gave as the reason: the last error, or else its last line. */
export function reasonIn({ stdout, stderr }: CommandEnd): string {
  const lines = linesOf(stderr.trim() === "" ? stdout : stderr);
  return lines.findLast((line) => /^error\b/i.test(line)) ?? lines.at(-1) ?? "it said nothing";
}

/** Of a progress that is drawn over itself, each state is a line. */
function linesOf(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim().slice(0, LONGEST_LINE))
    .filter((line) => line !== "");
}

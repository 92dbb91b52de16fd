import { styleText } from "node:util";
import type { VerdictKind } from "../../domain/verdict.ts";

type Styler = (text: string) => string;

/** How things look. The words always say it too: colour is never the only sign. */
export type TextStyle = Readonly<Record<VerdictKind | "warning" | "command" | "dim", Styler>>;

const FORMATS = {
  fresh: "green",
  pending: "yellow",
  stale: ["bold", "red"],
  untracked: "magenta",
  excluded: "dim",
  warning: "yellow",
  command: "bold",
  dim: "dim",
} as const;

export const PLAIN: TextStyle = {
  fresh: same,
  pending: same,
  stale: same,
  untracked: same,
  excluded: same,
  warning: same,
  command: same,
  dim: same,
};

function same(text: string): string {
  return text;
}

/** Colour only on a terminal, and never against NO_COLOR or --no-color. */
export function styleFor(
  stream: NodeJS.WritableStream & { isTTY?: boolean },
  wanted: boolean,
): TextStyle {
  const { NO_COLOR: noColor, TERM: term } = process.env;
  if (
    !wanted ||
    stream.isTTY !== true ||
    (noColor !== undefined && noColor !== "") ||
    term === "dumb"
  )
    return PLAIN;
  const styler =
    (name: keyof typeof FORMATS): Styler =>
    (text) => {
      const format = FORMATS[name];
      return styleText(typeof format === "string" ? format : [...format], text, {
        validateStream: false,
      });
    };
  return {
    fresh: styler("fresh"),
    pending: styler("pending"),
    stale: styler("stale"),
    untracked: styler("untracked"),
    excluded: styler("excluded"),
    warning: styler("warning"),
    command: styler("command"),
    dim: styler("dim"),
  };
}

import { visible } from "./visible.ts";

/** For a table or a log on a terminal: no cursor movement, colour, title, hyperlink or reordering can come from it,
 *  and it stays on its line. Not shortened: `clip` does that. */
export function terminal(text: string): string {
  return visible(text);
}

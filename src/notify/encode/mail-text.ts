import { clip } from "./clip.ts";
import { oneLine } from "./visible.ts";

/** A foreign text in a mail: one visible line of at most `max`, in which no mail client finds an address to make a
 *  link of. A look-alike stands in the middle of `://`, as in Slack. */
export function mailText(text: string, max: number): string {
  return oneLine(text, max).replaceAll("://", "∶//");
}

/** A foreign text in a header. No line break can get here, and no encoded word: whatever looks like one would be
 *  decoded into something else than its name. */
export function headerText(text: string, max: number): string {
  return clip(mailText(text, max).replaceAll("=?", "=﹖"), max);
}

/** For what a header takes as a part of a host name: letters, digits and dashes. */
export function hostLabel(text: string): string {
  const label = text
    .slice(0, 200)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return label === "" ? "engine" : label;
}

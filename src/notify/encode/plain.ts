import { clipEncoded } from "./clip.ts";
import { escapeMarkup } from "./mrkdwn.ts";
import { oneLine } from "./visible.ts";

/** For a Slack `plain_text` object, which knows no formatting; send it with `emoji: false`. At most `max` long. */
export function plain(text: string, max = 150): string {
  return clipEncoded(oneLine(text, max), max, escapeMarkup);
}

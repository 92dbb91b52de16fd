import { clipEncoded } from "./clip.ts";
import { oneLine, visible } from "./visible.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Without a raw `<` there is no mention, channel, date or link: everything of that kind is written `<…>`. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}

/** mrkdwn has no escape for its formatting characters. A letter of nearly the same look stands for them: unlike a
 *  zero-width character it can be seen, and a copied text does not differ invisibly. An underscore or a colon inside
 *  a word formats nothing and stays, because honest names have them. */
function withoutFormatting(text: string): string {
  return text
    .replaceAll("*", "∗")
    .replaceAll("~", "∼")
    .replaceAll("`", "ˋ")
    .replace(/(?<![A-Za-z0-9_])_+|_+(?![A-Za-z0-9_])/g, (run) => "ˍ".repeat(run.length))
    .replace(/:(?=\/\/|[^\s/]*:)/g, "∶") // the start of an :emoji: or of a URL's ://
    .replace(/^>/, "›"); // at the start of a line it quotes
}

/** For running text in anything that Slack reads as mrkdwn, which the fallback `text` of a message is, too. One line,
 *  at most `max` long. */
export function mrkdwn(text: string, max = 300): string {
  return clipEncoded(oneLine(text, max), max, (kept) => escapeMarkup(withoutFormatting(kept)));
}

/** A link of our own to a web address that has been checked; what would end it early is percent-encoded. */
export function link(url: string, words: string): string {
  const address = new URL(url).href.replace(/[|<>]/g, encodeURIComponent);
  return `<${escapeMarkup(address)}|${words}>`;
}

/** A name as inline code, where nothing formats and every letter but the backtick stays as it is. Put it after a
 *  blank or at the start of a line: Slack sees no code elsewhere. At most `max` long, and the two backticks. */
export function code(text: string, max = 100): string {
  const line = oneLine(text, max) || "(empty)";
  return `\`${clipEncoded(line, max, (kept) => escapeMarkup(kept.replaceAll("`", "ˋ")))}\``;
}

/** A command to copy, as a code block of at most `max`; null where the block would not show it exactly, because a
 *  command that was altered or cut is worse than none. No backtick at all: three would end the block. */
export function codeBlock(command: string, max = 800): string | null {
  const text = escapeMarkup(command);
  const exact = command !== "" && visible(command) === command && !command.includes("`");
  return exact && text.length <= max ? `\`\`\`${text}\`\`\`` : null;
}

/** A command in running text; null where it would not stay exactly what is to be typed. */
export function inlineCommand(command: string, max = 800): string | null {
  const text = escapeMarkup(command);
  return text.length <= max && command !== "" && mrkdwn(command, max) === text ? text : null;
}

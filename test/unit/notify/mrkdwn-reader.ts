/** What a reader of Slack would see happen: everything in a mrkdwn text that is not plainly text. It sees more than
 *  Slack does, so that what it finds harmless is. */
export function effectsOf(mrkdwn: string): string[] {
  const text = withoutCode(mrkdwn);
  return [
    ...found(mrkdwn, /<[^>]*>?/g),
    ...found(text, /\*[^*\n]+\*/g),
    ...found(text, /(?<![A-Za-z0-9_])_[^\n]*?_(?![A-Za-z0-9_])/g),
    ...found(text, /~[^~\n]+~/g),
    ...found(text, /:[^\s:/]+:/g).filter((one) => !/^:\d\d:$/.test(one)),
    ...found(text, /[a-z][a-z+.-]*:\/\/\S*/gi),
    ...found(text, /^(?:>|&gt;).*/gm),
    ...found(text, /`+/g),
  ];
}

/** Code blocks end with the next three backticks, code spans with the next one of the same line. */
function withoutCode(mrkdwn: string): string {
  return mrkdwn.replace(/```[^]*?```/g, "").replace(/(?<=^|[\s(])`[^`\n]+`/gm, "");
}

/** Characters that may never leave an encoder. */
export const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffe\uffff\u{e0000}-\u{e0fff}\p{Cs}]/u;

function found(text: string, pattern: RegExp): string[] {
  return text.match(pattern) ?? [];
}

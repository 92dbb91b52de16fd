import { mentionText, parseMention, type Mention } from "../domain/mention.ts";
import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

/** The formats of a webhook's requests. `generic` is stalewatch's own document. */
export const WEBHOOK_FORMATS = ["generic", "ntfy", "alertmanager", "pagerduty"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

const MENTION_FORM =
  "write @here, @channel, @everyone, a user's ID (U…) or a user group's ID (S…); Slack makes no mention of a name";

/** Nothing but a real mention comes out of it, in Slack's own form. */
export const mention: ValueType<Mention> = scalar(
  { words: "a Slack mention", allowed: MENTION_FORM },
  (text, at) => {
    const read = parseMention(text);
    return read === null
      ? wrong(at, text, "is not a Slack mention", { allowed: MENTION_FORM })
      : right(read);
  },
  mentionText,
);

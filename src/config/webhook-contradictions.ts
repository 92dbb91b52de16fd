import type { Contradiction } from "./contradictions.ts";
import type { Values } from "./schema.ts";
import { faultAt, type Fault } from "./value-type.ts";

const WEBHOOK_KEYS = ["format", "url", "secret"].map((key) => `notify.webhook.${key}`);

/** What is wrong with the settings of messages over HTTP, taken together. */
export const WEBHOOK_CONTRADICTIONS: readonly Contradiction[] = [
  { among: ["notify.slack.mention.text", "notify.slack.mention.on"], find: callsNobody },
  { among: WEBHOOK_KEYS, find: withoutUrl },
  { among: WEBHOOK_KEYS, find: withoutKey },
  { among: WEBHOOK_KEYS, find: withoutTopic },
];

const at = (key: string): Fault["at"] => ["notify", "webhook", key];

function callsNobody({ notify }: Values): readonly Fault[] {
  const { text, on } = notify.slack.mention;
  if (text !== null || on === null) return [];
  const allowed = "set notify.slack.mention.text";
  const where = ["notify", "slack", "mention", "on"];
  return [faultAt(where, undefined, "says nothing without somebody to mention", { allowed })];
}

function withoutUrl({ notify: { webhook } }: Values): readonly Fault[] {
  if (webhook.url !== null) return [];
  const set = [
    ...(webhook.secret === null ? [] : ["secret"]),
    ...(webhook.format === "generic" ? [] : ["format"]),
  ];
  const allowed = "set notify.webhook.url";
  return set.map((key) => faultAt(at(key), undefined, "says nothing without a URL", { allowed }));
}

function withoutKey({ notify: { webhook } }: Values): readonly Fault[] {
  if (webhook.format !== "pagerduty" || webhook.url === null || webhook.secret !== null) return [];
  const allowed = "set notify.webhook.secret";
  return [faultAt(at("format"), undefined, "pagerduty needs an integration key", { allowed })];
}

function withoutTopic({ notify: { webhook } }: Values): readonly Fault[] {
  const { format, url } = webhook;
  if (format !== "ntfy" || url === null || !new URL(url).pathname.endsWith("/")) return [];
  const allowed = "write https://ntfy.sh/your-topic";
  return [faultAt(at("url"), undefined, "names no topic", { allowed })];
}

import type { PeerAnswer, ReceivedRequest } from "./http-sink.ts";

/** What receivers of webhooks say of a request, by the rules that they document. */
type Peer = (request: ReceivedRequest) => PeerAnswer;
type Fields = Readonly<Record<string, unknown>>;

/** A receiver that takes whatever `errorOf` has nothing against. */
function peer(
  taken: { readonly status: number; readonly body: string },
  errorOf: (request: ReceivedRequest) => string | null,
): Peer {
  return (request) => {
    const error =
      request.method !== "POST"
        ? "not a POST"
        : request.headers["content-type"] === "application/json"
          ? errorOf(request)
          : "not sent as JSON";
    return error === null ? { ...taken, error } : { status: 400, body: error, error };
  };
}

/** https://docs.ntfy.sh/publish/#publish-as-json */
export const ntfy = peer({ status: 200, body: "{}" }, ({ path, body }) => {
  if (new URL(path, "http://x").pathname !== "/") return "JSON goes to the root, not to a topic";
  if (!isFields(body)) return "invalid request: request body must be message JSON";
  const { topic, title, message, priority, tags, click, sequence_id: sequence } = body;
  if (typeof topic !== "string" || !/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return "invalid topic";
  if (typeof title !== "string" || title === "") return "no title";
  if (typeof message !== "string" || message === "") return "no message";
  if (Buffer.byteLength(message) > 4096) return "the message becomes an attachment";
  if (![1, 2, 3, 4, 5].includes(Number(priority))) return "invalid priority";
  if (!isList(tags) || !tags.every((tag) => typeof tag === "string")) return "invalid tags";
  if (click !== undefined && !isUrl(click)) return "invalid click URL";
  if (typeof sequence !== "string" || !/^[-_A-Za-z0-9]{1,64}$/.test(sequence))
    return "sequence ID invalid";
  return strangers(body, ["topic", "title", "message", "priority", "tags", "click", "sequence_id"]);
});

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** postableAlerts of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml, and what its code
 *  refuses beyond that: alerts without labels, empty values, an end before the start. */
export const alertmanager = peer({ status: 200, body: "" }, ({ path, body }) => {
  if (path !== "/api/v2/alerts") return `path ${path} was not found`;
  if (!isList(body)) return "invalid alerts body";
  return first(body, alertError);
});

function alertError(alert: unknown): string | null {
  if (!isFields(alert)) return "an alert is no object";
  const { labels, annotations, startsAt, endsAt, generatorURL } = alert;
  if (!isTexts(labels) || Object.keys(labels).length === 0) return "invalid labels";
  if (!isTexts(annotations)) return "invalid annotations";
  for (const [name, value] of Object.entries(labels))
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || value === "") return `invalid label ${name}`;
  if (!("alertname" in labels)) return "no alertname";
  for (const time of [startsAt, endsAt])
    if (typeof time !== "string" || !RFC3339.test(time)) return "invalid time";
  if (Date.parse(String(startsAt)) > Date.parse(String(endsAt))) return "start after end";
  if (generatorURL !== undefined && !isUrl(generatorURL)) return "invalid generatorURL";
  return strangers(alert, ["labels", "annotations", "startsAt", "endsAt", "generatorURL"]);
}

export const INTEGRATION_KEY = "0123456789abcdef0123456789abcdef";

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
export const pagerduty = peer(
  { status: 202, body: '{"status":"success","message":"Event processed"}' },
  ({ path, raw, body }) => {
    if (path !== "/v2/enqueue") return "not found";
    if (!isFields(body)) return "invalid event";
    if (Buffer.byteLength(raw) > 512 * 1024) return "event too large";
    const { routing_key: key, event_action: action, dedup_key: dedup } = body;
    if (key !== INTEGRATION_KEY) return "Length of 'routing_key' is incorrect";
    if (typeof dedup !== "string" || dedup === "" || dedup.length > 255) return "invalid dedup_key";
    if (action === "resolve") return strangers(body, ["routing_key", "event_action", "dedup_key"]);
    return action === "trigger" ? triggerError(body) : "invalid event_action";
  },
);

function triggerError({ payload, links, client, client_url: clientUrl, ...rest }: Fields) {
  if (!isFields(payload)) return "'payload' is missing or blank";
  const { summary, source, severity, timestamp, component, group, class: kind } = payload;
  if (typeof summary !== "string" || summary === "" || summary.length > 1024)
    return "invalid summary";
  if (typeof source !== "string" || source === "") return "'payload.source' is missing or blank";
  if (!["critical", "error", "warning", "info"].includes(String(severity)))
    return "invalid severity";
  if (typeof timestamp !== "string" || !RFC3339.test(timestamp)) return "invalid timestamp";
  for (const one of [component, group, kind, client])
    if (one !== undefined && typeof one !== "string") return "not a text";
  if (clientUrl !== undefined && !isUrl(clientUrl)) return "invalid client_url";
  if (links !== undefined && !(isList(links) && links.every(isLink))) return "invalid links";
  return strangers(rest, ["routing_key", "event_action", "dedup_key"]);
}

function isLink(link: unknown): boolean {
  return isFields(link) && isUrl(link["href"]) && typeof link["text"] === "string";
}

function first(list: readonly unknown[], errorOf: (one: unknown) => string | null): string | null {
  return list.map(errorOf).find((error) => error !== null) ?? null;
}

function strangers(fields: Fields, known: readonly string[]): string | null {
  const stranger = Object.keys(fields).find((name) => !known.includes(name));
  return stranger === undefined ? null : `unknown field ${stranger}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isFields(value) && Object.values(value).every((one) => typeof one === "string");
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isUrl(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value);
}

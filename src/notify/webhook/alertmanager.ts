import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import type { Bulletin, NewsItem } from "../../domain/news.ts";
import { engineName, exactCommand, plainParagraph, plainPhrase } from "../plain-text.ts";
import { paragraphOf } from "../wording.ts";
import { conditionOf, type Condition } from "./condition.ts";
import { isoTime, name } from "./encode.ts";
import { authorization, jsonRequest, type Format } from "./format.ts";

/** Alertmanager ends by itself what is not told again within minutes, unless it is told an end. Reminders tell again, a
 *  week apart at most; what nobody ever ends shall not stay for ever. */
const ON_AT_MOST: Milliseconds = 30 * 86_400_000;
const TEST_LASTS: Milliseconds = 5 * 60_000;

const PATH = "/api/v2/alerts";

/** https://prometheus.io/docs/alerting/latest/alerts_api/ */
export const ALERTMANAGER: Format = {
  peer: "Alertmanager",
  requests: (bulletin, { url, secret, statusUrl }) => {
    const alerts = bulletin.items.map((item) => alert(item, bulletin, statusUrl));
    return [jsonRequest(alertsAt(url), alerts, authorization(secret))];
  },
  hints: {
    401: "Alertmanager, or what stands before it, wants a login: look at notify.webhook.secret",
    404: "no Alertmanager answers there: write its address, with --web.route-prefix if it has one",
  },
};

/** Its address, with or without the path of the API. */
function alertsAt(url: string): string {
  const address = new URL(url);
  const base = address.pathname.replace(/\/+$/, "");
  address.pathname = base.endsWith(PATH) ? base : `${base}${PATH}`;
  return address.href;
}

function alert(item: NewsItem, bulletin: Bulletin, statusUrl: string | null) {
  const condition = conditionOf(item, bulletin);
  const paragraph = paragraphOf(item, bulletin.at);
  const command = exactCommand(paragraph.commands);
  return {
    labels: labelsOf(item, bulletin, condition),
    annotations: {
      summary: plainPhrase(paragraph.what),
      description: plainParagraph(paragraph),
      ...("affected" in item && { container: name(item.affected.container) }),
      ...(command !== null && { command }),
    },
    startsAt: isoTime(condition.since),
    endsAt: isoTime(endOf(condition, bulletin.at)),
    ...(statusUrl !== null && { generatorURL: statusUrl }),
  };
}

/** They tell alerts apart, so nothing that may change during an incident is among them: not the container's name. */
function labelsOf(item: NewsItem, { engine }: Bulletin, { alert, severity, key }: Condition) {
  const labels = { alertname: alert, severity, engine: engineName(engine) };
  if (!("affected" in item)) return labels;
  const { project, service } = item.affected;
  return {
    ...labels,
    incident: key,
    ...labelled("project", project),
    ...labelled("service", service),
  };
}

/** An empty label is none to Alertmanager. */
function labelled(label: string, text: string | null): Record<string, string> {
  const value = name(text ?? "");
  return value === "" ? {} : { [label]: value };
}

function endOf({ isOn, alert }: Condition, at: EpochMs): EpochMs {
  if (!isOn) return at;
  return at + (alert === "StalewatchTest" ? TEST_LASTS : ON_AT_MOST);
}

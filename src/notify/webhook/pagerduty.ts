import type { Bulletin, NewsItem } from "../../domain/news.ts";
import { oneLine } from "../encode/visible.ts";
import type { HttpRequest } from "../http/exchange.ts";
import { engineName, exactCommand, plainParagraph, plainPhrase } from "../plain-text.ts";
import { paragraphOf } from "../wording.ts";
import { conditionOf, type Condition } from "./condition.ts";
import { isoTime, nameOrNull } from "./encode.ts";
import { jsonRequest, type Format, type Target } from "./format.ts";

const SUMMARY_AT_MOST = 1024;

/** https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ An event each; told twice, the key makes them
 *  one. */
export const PAGERDUTY: Format = {
  peer: "PagerDuty",
  requests: (bulletin, target) =>
    bulletin.items.flatMap((item) => {
      const condition = conditionOf(item, bulletin);
      const trigger = (): HttpRequest =>
        event(target, condition, triggered(item, bulletin, target));
      const resolve = (): HttpRequest => event(target, condition, { event_action: "resolve" });
      // A test ends at once: it shall not wake anybody for long.
      if (item.kind === "test") return [trigger(), resolve()];
      return [condition.isOn ? trigger() : resolve()];
    }),
  hints: {
    400: "PagerDuty does not take the event: is notify.webhook.secret the integration key of an Events API v2 integration?",
    404: "PagerDuty does not listen there: write https://events.pagerduty.com/v2/enqueue, or events.eu.pagerduty.com",
  },
};

function event({ url, secret }: Target, { key }: Condition, rest: object): HttpRequest {
  return jsonRequest(url, { routing_key: secret, dedup_key: `stalewatch/${key}`, ...rest });
}

function triggered(item: NewsItem, bulletin: Bulletin, { statusUrl }: Target) {
  const { alert, severity, since } = conditionOf(item, bulletin);
  const paragraph = paragraphOf(item, bulletin.at);
  const engine = engineName(bulletin.engine);
  const affected = "affected" in item ? item.affected : null;
  return {
    event_action: "trigger",
    client: "stalewatch",
    ...(statusUrl !== null && {
      client_url: statusUrl,
      links: [{ href: statusUrl, text: "status page" }],
    }),
    payload: {
      summary: oneLine(`${engine}: ${plainPhrase(paragraph.what)}`, SUMMARY_AT_MOST),
      source: engine,
      severity,
      timestamp: isoTime(since),
      class: alert,
      component: nameOrNull(affected?.service ?? null) ?? undefined,
      group: nameOrNull(affected?.project ?? null) ?? undefined,
      custom_details: {
        text: plainParagraph(paragraph),
        command: exactCommand(paragraph.commands),
      },
    },
  };
}

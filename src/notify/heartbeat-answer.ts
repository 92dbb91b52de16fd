import type { Delivery } from "./channel.ts";
import type { Exchange } from "./http/exchange.ts";
import { unanswered } from "./http/failure.ts";

const PEER = "the heartbeat";
const LOOK = "look at heartbeat.url";

/** What else than to wait, by status. */
const HINTS: Readonly<Record<number, string>> = {
  404: `no check has that URL: ${LOOK}`,
  409: `several checks have that name: give them different ones, or use the check's UUID in heartbeat.url`,
  410: `the check was deleted: ${LOOK}`,
  429: "it takes no more pings: scan less often, a few times a minute at most",
};

/** Healthchecks answers 200 to these, too. https://healthchecks.io/docs/http_api/ */
const IGNORED: Readonly<Record<string, number>> = {
  "OK (not found)": 404,
  "OK (rate limited)": 429,
};

/** What an answer to a ping means. Nothing of its own text gets into it. */
export function pingedWith(exchange: Exchange): Delivery {
  if (exchange.answer === null) return unanswered(PEER, exchange.failure);
  const { status, body, retryAfter } = exchange.answer;
  const meant = IGNORED[body.trim()] ?? status;
  if (meant >= 200 && meant < 300) return { outcome: "delivered", answer: String(status) };
  const error = `${PEER} answered ${status}${meant === status ? "" : `, and means ${meant}`}`;
  if (status >= 300 && status < 400)
    return {
      outcome: "refused",
      error: `${error}, a redirect, which is not followed`,
      hint: "put the final URL into heartbeat.url",
    };
  const hint = HINTS[meant];
  return { outcome: "retry", error, retryAfter, ...(hint !== undefined && { hint }) };
}

import type { Delivery } from "../channel.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import type { Format } from "./format.ts";

const REPORT =
  "this may be a mistake of stalewatch: look at the receiver's log, then please report it";
const NOT_THERE = "nothing takes messages there: look at notify.webhook.url";

/** What no later attempt will change. All others are tried again: giving up a message for an answer that nobody
 *  foresaw would lose it. */
const PERMANENT: Readonly<Record<number, string>> = {
  400: REPORT,
  401: "it wants a login: look at notify.webhook.secret",
  403: "it may not post there: look at notify.webhook.secret",
  404: NOT_THERE,
  405: "it takes no POST there: look at notify.webhook.url",
  410: NOT_THERE,
  413: REPORT,
  415: REPORT,
  422: REPORT,
};

/** What an answer means for the message. Nothing of the answer's own text gets into it: it may repeat the address. */
export function deliveryOf(
  { status, retryAfter }: HttpAnswer,
  { peer, hints }: Pick<Format, "peer" | "hints">,
): Delivery {
  if (status >= 200 && status < 300) return { outcome: "delivered", answer: String(status) };
  if (status >= 300 && status < 400)
    return {
      outcome: "refused",
      error: `${peer} answered ${status}, a redirect, which is not followed`,
      hint: "put the final URL into notify.webhook.url, and look for a proxy that redirects",
    };
  const error = `${peer} answered ${status}`;
  const permanent = PERMANENT[status];
  return permanent === undefined
    ? { outcome: "retry", error, retryAfter }
    : { outcome: "refused", error, hint: hints[status] ?? permanent };
}

import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Channel, Delivery } from "./channel.ts";
import { httpClient, type Exchange, type HttpClient } from "./http/exchange.ts";
import { unanswered } from "./http/failure.ts";
import { messageId } from "./message-id.ts";
import { taking, type Intake } from "./routing.ts";
import { ALERTMANAGER } from "./webhook/alertmanager.ts";
import { deliveryOf } from "./webhook/answer.ts";
import type { Format } from "./webhook/format.ts";
import { GENERIC } from "./webhook/generic.ts";
import { NTFY } from "./webhook/ntfy.ts";
import { PAGERDUTY } from "./webhook/pagerduty.ts";

const FORMATS = {
  generic: GENERIC,
  ntfy: NTFY,
  alertmanager: ALERTMANAGER,
  pagerduty: PAGERDUTY,
} as const satisfies Readonly<Record<string, Format>>;

export interface WebhookSettings extends Intake {
  readonly format: keyof typeof FORMATS;
  /** A secret, like the next: neither gets into an error, hint or answer. */
  readonly url: string;
  readonly secret: string | null;
  readonly statusUrl?: string | null;
  /** Default: the one of this process. */
  readonly http?: HttpClient;
  readonly now?: () => EpochMs;
}

/** For all requests of one message; what is left then goes with the next attempt. */
const ALL_AT_MOST: Milliseconds = 45_000;

/** Which of a message's requests have arrived. Forgotten at a restart: then they come again, and their receiver knows
 *  them by their key. */
interface Progress {
  message: string;
  arrived: number;
}

/** Posts to any receiver over HTTP. */
export function webhookChannel(settings: WebhookSettings): Channel {
  const progress: Progress = { message: "", arrived: 0 };
  return {
    name: "webhook",
    takes: taking(settings),
    send: (bulletin, signal) => send(settings, bulletin, progress, signal),
  };
}

async function send(
  settings: WebhookSettings,
  bulletin: Bulletin,
  progress: Progress,
  signal: AbortSignal,
): Promise<Delivery> {
  const { url, secret, statusUrl = null, http = httpClient(), now = Date.now } = settings;
  const format: Format = FORMATS[settings.format];
  const requests = format.requests(bulletin, { url, secret, statusUrl, now: now() });
  const id = messageId(bulletin);
  if (progress.message !== id) Object.assign(progress, { message: id, arrived: 0 });
  const until = performance.now() + ALL_AT_MOST;
  let delivery: Delivery = { outcome: "delivered", answer: "nothing was left to send" };
  for (const request of requests.slice(progress.arrived)) {
    if (performance.now() > until) return unfinished(format, progress, requests.length);
    delivery = concluded(await http(request, signal), format);
    if (delivery.outcome !== "delivered") return delivery;
    progress.arrived += 1;
  }
  return delivery;
}

function concluded(exchange: Exchange, format: Format): Delivery {
  return exchange.answer === null
    ? unanswered(format.peer, exchange.failure)
    : deliveryOf(exchange.answer, format);
}

function unfinished({ peer }: Format, { arrived }: Progress, all: number): Delivery {
  const error = `${peer} took ${arrived} of ${all} requests within ${ALL_AT_MOST / 1000} s`;
  return { outcome: "retry", error, retryAfter: null };
}

import type { FetchFunction } from "@slack/webhook";
import type { Bulletin } from "../domain/news.ts";
import type { Channel, Delivery } from "./channel.ts";
import { httpClient, type Exchange, type HttpClient } from "./http/exchange.ts";
import { unanswered } from "./http/failure.ts";
import { taking, type Intake } from "./routing.ts";
import { deliveryOf } from "./slack-answer.ts";
import { slackMessage, type SlackExtras, type SlackMessage } from "./slack-message.ts";

export interface SlackSettings extends Intake, Partial<SlackExtras> {
  /** A secret: whoever has it can post. It gets into no error, hint or answer. */
  readonly webhookUrl: string;
  /** Default: the one of this process. */
  readonly http?: HttpClient;
}

/** Posts to a Slack incoming webhook. */
export function slackChannel(settings: SlackSettings): Channel {
  return {
    name: "slack",
    takes: taking(settings),
    send: (bulletin, signal) => send(settings, bulletin, signal),
  };
}

async function send(
  settings: SlackSettings,
  bulletin: Bulletin,
  signal: AbortSignal,
): Promise<Delivery> {
  const { mention = null, statusUrl = null } = settings;
  const message = slackMessage(bulletin, { mention, statusUrl });
  const exchange = await post(settings, message, signal);
  return exchange.answer === null
    ? unanswered("Slack", exchange.failure)
    : deliveryOf(exchange.answer);
}

/** The SDK is loaded with the first message: most commands never send one, and start faster without it. Its own
 *  errors are not looked at: they lack `Retry-After`, and quote the address. */
async function post(
  { webhookUrl, http = httpClient() }: SlackSettings,
  { text, blocks }: SlackMessage,
  signal: AbortSignal,
): Promise<Exchange> {
  const { IncomingWebhook } = await import("@slack/webhook");
  const seen: { exchange?: Promise<Exchange> } = {};
  const fetch: FetchFunction = async (url, init = {}) => {
    const { headers = {} } = init;
    const body = typeof init.body === "string" ? init.body : "";
    const request = { method: "POST", url: String(url), headers, body } as const;
    seen.exchange = http(request, signal);
    return asResponse(await seen.exchange);
  };
  const message = { text, blocks: [...blocks], unfurl_links: false, unfurl_media: false };
  await new IncomingWebhook(webhookUrl, { fetch }).send(message).catch(() => undefined);
  if (seen.exchange === undefined) throw new Error("the Slack SDK sent nothing");
  return seen.exchange;
}

/** What the SDK wants back; it makes nothing of it that is used. */
function asResponse({ answer }: Exchange): Awaited<ReturnType<FetchFunction>> {
  return {
    ok: answer !== null,
    status: 200,
    statusText: "",
    url: "",
    headers: { get: () => null, entries: () => [] },
    text: () => Promise.resolve(""),
    json: () => Promise.resolve(null),
    arrayBuffer: () => Promise.resolve(new ArrayBuffer()),
  };
}

import type { FetchFunction } from "@slack/webhook";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Channel, Delivery } from "./channel.ts";
import { failureCode } from "./failure-code.ts";
import { retryAfterOf } from "./retry-after.ts";
import { taking, type Intake } from "./routing.ts";
import { deliveryOf, type HttpAnswer } from "./slack-answer.ts";
import { slackMessage, type SlackMessage } from "./slack-message.ts";

export interface SlackSettings extends Intake {
  /** A secret: whoever has it can post. It gets into no error, hint or answer. */
  readonly webhookUrl: string;
  /** Default `slack`. */
  readonly name?: string;
  /** For all of one request, its answer included. Default 15 s: Slack answers within one. */
  readonly timeout?: Milliseconds;
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => EpochMs;
}

const TIMEOUT: Milliseconds = 15_000;
/** Slack's answers are one word. */
const BODY_AT_MOST = 4096;

/** Posts to a Slack incoming webhook. */
export function slackChannel(settings: SlackSettings): Channel {
  return {
    name: settings.name ?? "slack",
    takes: taking(settings),
    send: (bulletin, signal) => send(settings, bulletin, signal),
  };
}

async function send(
  settings: SlackSettings,
  bulletin: Bulletin,
  signal: AbortSignal,
): Promise<Delivery> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(settings.timeout ?? TIMEOUT);
  const exchange = await post(
    settings,
    slackMessage(bulletin),
    AbortSignal.any([signal, deadline]),
  );
  // An answer counts even if the abort came right behind it: sending again would be a second message.
  if ("status" in exchange) return deliveryOf(exchange);
  signal.throwIfAborted();
  const error = deadline.aborted
    ? `no answer from Slack within ${(settings.timeout ?? TIMEOUT) / 1000} s`
    : `no answer from Slack: ${failureCode(exchange.failure) ?? "the request failed"}`;
  return { outcome: "retry", error, retryAfter: null };
}

/** The SDK is loaded with the first message: most commands never send one, and start faster without it. Its own
 *  errors are not looked at: they lack `Retry-After`, and quote the address. */
async function post(
  settings: SlackSettings,
  message: SlackMessage,
  signal: AbortSignal,
): Promise<HttpAnswer | { readonly failure: unknown }> {
  const { IncomingWebhook } = await import("@slack/webhook");
  const seen: { answer?: HttpAnswer } = {};
  const fetch: FetchFunction = async (url, init) => {
    const { method = "POST", headers = {}, body = "" } = init ?? {};
    // The SDK's own `redirect: "error"` cannot be told from a broken connection.
    const asked = { method, headers, body, signal, redirect: "manual" } as const;
    const response = await (settings.fetch ?? globalThis.fetch)(url, asked);
    seen.answer = await read(response, (settings.now ?? Date.now)());
    return new Response(seen.answer.body, { status: response.ok ? 200 : 400 });
  };
  const webhook = new IncomingWebhook(settings.webhookUrl, { fetch });
  try {
    const { text, blocks } = message;
    await webhook.send({ text, blocks: [...blocks], unfurl_links: false, unfurl_media: false });
  } catch (failure) {
    if (seen.answer === undefined) return { failure };
  }
  return seen.answer ?? { failure: null };
}

async function read(response: Response, now: EpochMs): Promise<HttpAnswer> {
  return {
    status: response.status,
    retryAfter: retryAfterOf(response.headers.get("retry-after"), now),
    body: await beginningOf(response),
  };
}

/** The status has said what matters: a body that breaks off, or never ends, changes nothing. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Typed, because @types/node gives the iterator's chunks as `any`.
    const body: AsyncIterable<Uint8Array> | null = response.body;
    if (body === null) return "";
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BODY_AT_MOST) break;
    }
  } catch {
    return "";
  }
  return Buffer.concat(chunks).subarray(0, BODY_AT_MOST).toString("utf8");
}

import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { EpochMs, Milliseconds } from "../../domain/ids.ts";
import { retryAfterOf } from "../retry-after.ts";
import { agentFor, TunnelAgent } from "./one-agent.ts";
import type { ProxyEnvironment } from "./proxy.ts";
import { failureOf, type HttpFailure } from "./failure.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** It may be a secret: it gets into nothing that comes back. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: Milliseconds | null;
  /** Its beginning; empty where it broke off. Never shown as it is: a proxy's page may repeat the address. */
  readonly body: string;
}

/** What became of a request: an answer, whatever its status, or none. */
export type Exchange =
  { readonly answer: HttpAnswer } | { readonly answer: null; readonly failure: HttpFailure };

export interface HttpSettings {
  /** For all of one request, its answer included. Default 15 s: whoever is alive answers within one. */
  readonly timeout?: Milliseconds | undefined;
  /** Where the proxy is looked up. Default: the process's environment. */
  readonly env?: ProxyEnvironment | undefined;
  readonly now?: (() => EpochMs) | undefined;
}

/** Sends one request. Rejects at the abort only. */
export type HttpClient = (request: HttpRequest, signal: AbortSignal) => Promise<Exchange>;

const TIMEOUT: Milliseconds = 15_000;
/** The answers that are looked at are a few words. */
const BODY_AT_MOST = 4096;

/** All that leaves for the web goes through here: it follows no redirect, reads only the beginning of an answer, ends
 *  in time, and goes through the proxy of the environment. */
export function httpClient(settings: HttpSettings = {}): HttpClient {
  const { timeout = TIMEOUT, env = process.env, now = Date.now } = settings;
  return async (request, signal) => {
    signal.throwIfAborted();
    const deadline = AbortSignal.timeout(timeout);
    try {
      const response = await responseTo(request, env, AbortSignal.any([signal, deadline]));
      // An answer counts even if the abort comes right behind it: sending again would be a second message.
      return { answer: await read(response, now()) };
    } catch (error) {
      signal.throwIfAborted();
      return { answer: null, failure: failureOf(error, deadline.aborted ? timeout : null) };
    }
  };
}

function responseTo(
  { method, url, headers, body }: HttpRequest,
  env: ProxyEnvironment,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const agent = agentFor(target, env);
    const send = target.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(target, { method, headers, agent });
    const cutOff = (): void => {
      const reason = new Error("cut off");
      if (agent instanceof TunnelAgent) agent.cutOff(reason);
      sent.destroy(reason);
    };
    signal.addEventListener("abort", cutOff, { once: true });
    sent.on("response", resolve).on("error", reject).end(body);
  });
}

async function read(response: IncomingMessage, now: EpochMs): Promise<HttpAnswer> {
  return {
    status: response.statusCode ?? 0,
    retryAfter: retryAfterOf(response.headers["retry-after"] ?? null, now),
    body: await beginningOf(response),
  };
}

/** The status has said what matters: a body that breaks off, or never ends, changes nothing. */
async function beginningOf(response: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BODY_AT_MOST) break;
    }
  } catch {
    return "";
  }
  return Buffer.concat(chunks).subarray(0, BODY_AT_MOST).toString("utf8");
}

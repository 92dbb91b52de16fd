import type { Milliseconds } from "../domain/ids.ts";
import type { Delivery } from "./channel.ts";
import { oneLine } from "./encode/visible.ts";
import { pingedWith } from "./heartbeat-answer.ts";
import { httpClient, type HttpClient, type HttpRequest } from "./http/exchange.ts";

/** What is said of a scan, in the convention of healthchecks.io. `log` changes nothing at the other side. */
export type Ping =
  { readonly kind: "start" | "success" } | { readonly kind: "fail" | "log"; readonly text: string };

export interface HeartbeatEvent {
  readonly event: "heartbeat-failed" | "heartbeat-recovered";
  readonly error: string | null;
  readonly hint: string | null;
}

export interface HeartbeatSettings {
  /** A secret: whoever has it can ping. It gets into no error or event. */
  readonly url: string;
  /** Told of the first failure, and of the first success after it. */
  readonly log: (event: HeartbeatEvent) => void;
  /** Default: the one of this process, with 10 s. */
  readonly http?: HttpClient;
}

export interface Heartbeat {
  /** Returns at once. One ping at a time is under way: of those that come meanwhile the last result goes next, and a
   *  start is dropped. */
  send(ping: Ping): void;
  /** When nothing is under way any more. */
  settled(): Promise<void>;
}

const TIMEOUT: Milliseconds = 10_000;
const TEXT_AT_MOST = 500;

export function heartbeat(settings: HeartbeatSettings, signal: AbortSignal): Heartbeat {
  let next: Ping | null = null;
  let running: Promise<void> | null = null;
  let isFailing = false;

  const note = (delivery: Delivery): void => {
    const failed = delivery.outcome !== "delivered";
    if (failed !== isFailing) settings.log(eventOf(delivery));
    isFailing = failed;
  };
  const run = async (first: Ping): Promise<void> => {
    for (let one: Ping | null = first; one !== null && !signal.aborted;) {
      const delivery = await ping(settings, one, signal).catch(() => null);
      if (delivery !== null) note(delivery);
      one = next;
      next = null;
    }
    running = null;
  };
  return {
    send(one) {
      if (running === null) running = run(one);
      else if (one.kind !== "start") next = one;
    },
    async settled() {
      await running;
    },
  };
}

/** One ping, and what came back. */
export async function ping(
  { url, http = httpClient({ timeout: TIMEOUT }) }: Pick<HeartbeatSettings, "url" | "http">,
  one: Ping,
  signal: AbortSignal,
): Promise<Delivery> {
  return pingedWith(await http(requestOf(url, one), signal));
}

const SUFFIXES: Readonly<Record<Ping["kind"], string>> = {
  start: "/start",
  success: "",
  fail: "/fail",
  log: "/log",
};

function requestOf(url: string, one: Ping): HttpRequest {
  const target = new URL(url);
  target.pathname = target.pathname.replace(/\/+$/, "") + SUFFIXES[one.kind];
  const headers = { "user-agent": "stalewatch" };
  return "text" in one
    ? {
        method: "POST",
        url: target.href,
        headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
        body: oneLine(one.text, TEXT_AT_MOST),
      }
    : { method: "GET", url: target.href, headers, body: "" };
}

function eventOf(delivery: Delivery): HeartbeatEvent {
  return delivery.outcome === "delivered"
    ? { event: "heartbeat-recovered", error: null, hint: null }
    : { event: "heartbeat-failed", error: delivery.error, hint: delivery.hint ?? null };
}

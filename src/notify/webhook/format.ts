import type { EpochMs } from "../../domain/ids.ts";
import type { Bulletin } from "../../domain/news.ts";
import type { HttpRequest } from "../http/exchange.ts";

/** Where a webhook's requests go, and what the configuration adds to them. */
export interface Target {
  readonly url: string;
  /** What it is for depends on the format. */
  readonly secret: string | null;
  readonly statusUrl: string | null;
  readonly now: EpochMs;
}

/** How one kind of receiver wants to be told. */
export interface Format {
  /** What messages call the receiver. */
  readonly peer: string;
  /** In the order in which they must arrive; one for most. */
  readonly requests: (bulletin: Bulletin, target: Target) => readonly HttpRequest[];
  /** What to do about a status, where this receiver means something special by it. */
  readonly hints: Readonly<Record<number, string>>;
}

export function jsonRequest(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json", "user-agent": "stalewatch", ...headers },
    body: text,
  };
}

/** `user:password` is for Basic authentication; without a colon it is a token. */
export function authorization(secret: string | null): Record<string, string> {
  if (secret === null) return {};
  const isLogin = secret.includes(":");
  const credentials = isLogin
    ? `Basic ${Buffer.from(secret).toString("base64")}`
    : `Bearer ${secret}`;
  return { authorization: credentials };
}

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer as a whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** On every answer. What is served loads nothing from elsewhere, runs no script but its own, and is in nobody's frame;
 *  other sites may neither read nor embed it. */
const SAFE: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export function reply(
  status: number,
  type: string,
  content: string,
  more: Readonly<Record<string, string>> = {},
): Reply {
  const headers = { "content-type": type, "cache-control": "no-store", ...more };
  return { status, headers, body: Buffer.from(content) };
}

export function textReply(
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Reply {
  return reply(status, "text/plain; charset=utf-8", `${text}\n`, more);
}

export function jsonReply(status: number, document: unknown): Reply {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  return reply(status, "application/json", text, { "cache-control": "no-cache" });
}

/** To be asked for again each time, but not sent again while it is the same. */
export function pageReply(page: string): Reply {
  const body = Buffer.from(page);
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    etag: `"${digest}"`,
  };
  return { status: 200, headers, body };
}

/** How long an answer may take to be read, in milliseconds: a whole page over a bad connection. */
const READ_WITHIN = 60_000;

/** Answers, and gives up on who does not read. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Reply): void {
  const { etag } = answer.headers;
  const isKnown = etag !== undefined && request.headers["if-none-match"] === etag;
  const length = isKnown ? {} : { "content-length": answer.body.length };
  response.writeHead(isKnown ? 304 : answer.status, { ...SAFE, ...answer.headers, ...length });
  const timer = setTimeout(() => response.destroy(), READ_WITHIN);
  response.once("close", () => {
    clearTimeout(timer);
  });
  response.end(isKnown || request.method === "HEAD" ? undefined : answer.body);
}

export const EVENT_STREAM = "text/event-stream";

/** The head of an answer that goes on. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, {
    ...SAFE,
    "content-type": EVENT_STREAM,
    "cache-control": "no-store",
    // nginx would hold the events back.
    "x-accel-buffering": "no",
  });
}

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the sink answers one request. */
export type SinkAnswer =
  /** As Slack does: `ok`, or the error that Slack documents for such a payload. */
  | { readonly kind: "slack" }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** Takes the request and never answers. */
  | { readonly kind: "hang" }
  /** Resets the connection instead of an answer. */
  | { readonly kind: "reset" }
  /** Breaks the connection off within the body. */
  | { readonly kind: "close-mid-answer"; readonly status?: number }
  /** A body that goes on for ever. */
  | { readonly kind: "slow-body"; readonly status?: number; readonly everyMs?: number };

export interface ReceivedMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown;
  /** What is wrong with it by Slack's documented rules; null if nothing. */
  readonly error: string | null;
  readonly at: Date;
}

export interface SlackSink {
  /** A webhook's URL, with the kind of secret path that real ones have. */
  readonly webhookUrl: string;
  /** Every request so far, in order of arrival. */
  readonly received: readonly ReceivedMessage[];
  /** Answers the next requests like this, one each; then as Slack does. */
  script(...answers: readonly SinkAnswer[]): void;
  /** The oldest request not yet taken with `next`; waits for it. Rejects after 10 s, or what is given. */
  next(timeoutMs?: number): Promise<ReceivedMessage>;
  close(): Promise<void>;
}

export const SINK_PATH = "/services/T0SINK000/B0SINK000/s1nkS3cretTokenForTests0";

/** An HTTP server on the loopback that stands for Slack's incoming webhooks. */
export async function startSlackSink(port = 0): Promise<SlackSink> {
  const received: ReceivedMessage[] = [];
  const scripted: SinkAnswer[] = [];
  const arrivals = new EventTarget();
  let taken = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString("utf8");
      const { method = "", url: path = "", headers } = request;
      const body = parsed(raw);
      const error = method === "POST" ? slackErrorOf(body) : "method_not_allowed";
      received.push({ method, path, headers, raw, body, error, at: new Date() });
      answer(response, scripted.shift() ?? { kind: "slack" }, error);
      arrivals.dispatchEvent(new Event("message"));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    webhookUrl: `http://127.0.0.1:${String(bound)}${SINK_PATH}`,
    received,
    script(...answers) {
      scripted.push(...answers);
    },
    async next(timeoutMs = 10_000) {
      const wanted = taken++;
      await arrived(arrivals, () => received.length > wanted, timeoutMs);
      const message = received[wanted];
      if (message === undefined) {
        taken--;
        throw new Error(`no message arrived at the sink within ${String(timeoutMs)} ms`);
      }
      return message;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
}

function arrived(arrivals: EventTarget, isThere: () => boolean, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (isThere()) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      arrivals.removeEventListener("message", look);
      resolve();
    };
    const look = (): void => {
      if (isThere()) end();
    };
    const timer = setTimeout(end, timeoutMs);
    arrivals.addEventListener("message", look);
  });
}

function answer(response: ServerResponse, how: SinkAnswer, error: string | null): void {
  switch (how.kind) {
    case "slack":
      response.writeHead(statusOf(error), { "content-type": "text/html" }).end(error ?? "ok");
      return;
    case "status":
      response.writeHead(how.status, how.headers).end(how.body ?? "");
      return;
    case "redirect":
      response.writeHead(how.status ?? 302, { location: how.location }).end();
      return;
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "close-mid-answer":
      response.writeHead(how.status ?? 200, { "content-length": "100" });
      response.write("o", () => response.socket?.destroy());
      return;
    case "slow-body": {
      response.writeHead(how.status ?? 200).write(".");
      const drip = setInterval(() => response.write("."), how.everyMs ?? 20);
      response.once("close", () => clearInterval(drip));
      return;
    }
  }
}

function statusOf(error: string | null): number {
  if (error === null) return 200;
  return error === "method_not_allowed" ? 405 : 400;
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What Slack says of a payload, as far as it documents it; null if it takes it. The 13,000 characters for all blocks
 *  are not documented, but refused. */
export function slackErrorOf(body: unknown): string | null {
  if (!isFields(body)) return "invalid_payload";
  const { text, blocks } = body;
  if (text !== undefined && typeof text !== "string") return "invalid_payload";
  if (text === undefined || text === "") return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  if (blocks === undefined) return null;
  if (!Array.isArray(blocks)) return "invalid_blocks_format";
  if (blocks.length > 50) return "too_many_blocks";
  if (!blocks.every(isBlock)) return "invalid_blocks";
  return JSON.stringify(blocks).length > 13_000 ? "msg_blocks_too_long" : null;
}

function isBlock(block: unknown): boolean {
  if (!isFields(block)) return false;
  switch (block["type"]) {
    case "divider":
      return true;
    case "header":
      return isText(block["text"], 150, ["plain_text"]);
    case "section":
      return isSection(block);
    case "context":
      return isList(block["elements"], 10, (one) => isText(one, 3000));
    default:
      return false;
  }
}

function isSection({ text, fields }: Fields): boolean {
  if (text === undefined && fields === undefined) return false;
  return (
    (text === undefined || isText(text, 3000)) &&
    (fields === undefined || isList(fields, 10, (one) => isText(one, 2000)))
  );
}

function isList(value: unknown, most: number, isOne: (value: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= most && value.every(isOne);
}

function isText(value: unknown, most: number, types = ["plain_text", "mrkdwn"]): boolean {
  if (!isFields(value)) return false;
  const { type, text } = value;
  return (
    typeof type === "string" &&
    types.includes(type) &&
    typeof text === "string" &&
    text.length > 0 &&
    text.length <= most
  );
}

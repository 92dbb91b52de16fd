import {
  startHttpSink,
  type HttpSink,
  type ReceivedRequest,
  type SinkOptions,
} from "./http-sink.ts";

export type { ReceivedMessage, SinkAnswer } from "./http-sink.ts";

export interface SlackSink extends HttpSink {
  /** A webhook's URL, with the kind of secret path that real ones have. */
  readonly webhookUrl: string;
}

export const SINK_PATH = "/services/T0SINK000/B0SINK000/s1nkS3cretTokenForTests0";

/** An HTTP server on the loopback that stands for Slack's incoming webhooks. */
export async function startSlackSink(
  port?: number,
  otherwise?: SinkOptions["otherwise"],
): Promise<SlackSink> {
  const sink = await startHttpSink({ path: SINK_PATH, peer: slack, port, otherwise });
  return { ...sink, webhookUrl: sink.url };
}

function slack({ method, body }: ReceivedRequest) {
  const error = method === "POST" ? slackErrorOf(body) : "method_not_allowed";
  return { status: statusOf(error), body: error ?? "ok", error };
}

function statusOf(error: string | null): number {
  if (error === null) return 200;
  return error === "method_not_allowed" ? 405 : 400;
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

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/notify/channel.ts";
import { httpClient } from "../../../src/notify/http/exchange.ts";
import { slackChannel, type SlackSettings } from "../../../src/notify/slack.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import {
  SINK_PATH,
  startSlackSink,
  type SinkAnswer,
  type SlackSink,
} from "../../harness/slack-sink.ts";
import {
  affected,
  bulletin,
  hostileNews,
  NOW,
  resolvedNews,
  staleNews,
} from "../../unit/notify/news-samples.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
let sink: SlackSink;

beforeEach(async () => {
  sink = await startSlackSink();
});

afterEach(() => sink.close());

function channelOf(settings: Partial<SlackSettings> = {}) {
  return slackChannel({
    webhookUrl: sink.webhookUrl,
    only: null,
    projects: null,
    http: httpClient({ now: () => NOW, env: {} }),
    ...settings,
  });
}

function sent(answer: SinkAnswer, timeout?: number): Promise<Delivery> {
  sink.script(answer);
  const http = httpClient({ now: () => NOW, env: {}, timeout });
  return channelOf({ http }).send(hello, never);
}

/** Nothing of the secret part of the URL, in any form. */
function expectNoSecret(value: unknown): void {
  const text = JSON.stringify(value);
  for (const secret of [sink.webhookUrl, SINK_PATH, ...SINK_PATH.split("/").slice(2)])
    expect(text).not.toContain(secret);
}

describe("a Slack channel", () => {
  it("posts what Slack takes, and says what came back", async () => {
    const delivery = await channelOf().send(bulletin(staleNews(), resolvedNews()), never);
    expect(delivery).toEqual({ outcome: "delivered", answer: "200 ok" });
    const message = await sink.next();
    expect(message).toMatchObject({ method: "POST", path: SINK_PATH, error: null });
    expect(message.headers["content-type"]).toBe("application/json");
    expect(message.body).toMatchObject({ unfurl_links: false, unfurl_media: false });
    expect(message.body).toHaveProperty(
      "text",
      expect.stringMatching(/^host-1: 1 container stale/),
    );
  });

  it("gets 500 stale containers with long names into one message that Slack takes", async () => {
    const items = Array.from({ length: 500 }, (_, i) =>
      staleNews({
        affected: affected({ container: `${"very-long-name-".repeat(15)}${String(i)}` }),
      }),
    );
    expect(await channelOf().send(bulletin(...items), never)).toMatchObject({
      outcome: "delivered",
    });
    expect(sink.received).toHaveLength(1);
    expect(sink.received[0]?.raw.length).toBeLessThan(10_000);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("gets %s through as text", async (_, text) => {
    const hostile = { engine: text, at: NOW, items: hostileNews(text) };
    expect(await channelOf().send(hostile, never)).toMatchObject({ outcome: "delivered" });
    expect((await sink.next()).raw).not.toMatch(/<(?!!date\^)/);
  });

  it("keeps the message when it is told to wait, for seconds or until a date", async () => {
    const wait = (value: string): SinkAnswer => ({
      kind: "status",
      status: 429,
      headers: { "retry-after": value },
      body: "rate_limited",
    });
    const error = "Slack answered 429: rate_limited";
    expect(await sent(wait("30"))).toEqual({ outcome: "retry", error, retryAfter: 30_000 });
    expect(await sent(wait(new Date(NOW + 90_000).toUTCString()))).toEqual({
      outcome: "retry",
      error,
      retryAfter: 90_000,
    });
    expect(await sent(wait("a while"))).toEqual({ outcome: "retry", error, retryAfter: null });
  });

  it.each<[string, SinkAnswer, string]>([
    [
      "answers 500",
      { kind: "status", status: 500, body: "rollup_error" },
      "Slack answered 500: rollup_error",
    ],
    [
      "answers 503 with a page",
      { kind: "status", status: 503, body: "<html>" },
      "Slack answered 503",
    ],
    ["answers nothing in time", { kind: "hang" }, "no answer from Slack within 0.3 s"],
    ["resets the connection", { kind: "reset" }, "no answer from Slack: ECONNRESET"],
    ["breaks off a 502", { kind: "close-mid-answer", status: 502 }, "Slack answered 502"],
    ["never ends the body of a 500", { kind: "slow-body", status: 500 }, "Slack answered 500"],
  ])("keeps the message when Slack %s", async (_, answer, error) => {
    const delivery = await sent(answer, 300);
    expect(delivery).toMatchObject({ outcome: "retry", error, retryAfter: null });
  });

  it("keeps the message when nobody listens", async () => {
    const { webhookUrl } = sink;
    await sink.close();
    const delivery = await channelOf({ webhookUrl }).send(hello, never);
    expect(delivery).toMatchObject({
      outcome: "retry",
      error: "no answer from Slack: ECONNREFUSED",
    });
    sink = await startSlackSink();
  });

  it.each<[string, SinkAnswer]>([
    ["breaks off its 200", { kind: "close-mid-answer" }],
    ["never ends the body of its 200", { kind: "slow-body" }],
  ])("does not send again what Slack took when it %s", async (_, answer) => {
    expect(await sent(answer, 300)).toEqual({ outcome: "delivered", answer: "200" });
  });

  it.each([
    [400, "invalid_payload"],
    [403, "invalid_token"],
    [404, "no_service"],
    [410, "channel_is_archived"],
  ])("gives the message up at %i %s, with a hint", async (status, body) => {
    const delivery = await sent({ kind: "status", status, body });
    expect(delivery).toEqual({
      outcome: "refused",
      error: `Slack answered ${String(status)}: ${body}`,
      hint: expect.stringMatching(/\w{5}/) as string,
    });
  });

  it("follows no redirect: nothing reaches the place it points to", async () => {
    const elsewhere = await startSlackSink();
    try {
      for (const status of [301, 302, 307, 308]) {
        const redirect = { kind: "redirect", status, location: elsewhere.webhookUrl } as const;
        expect(await sent(redirect)).toMatchObject({ outcome: "refused", hint: /final URL/ });
      }
      expect(elsewhere.received).toEqual([]);
      expect(sink.received).toHaveLength(4);
    } finally {
      await elsewhere.close();
    }
  });

  it("rejects at the abort, before and while it sends", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(channelOf().send(hello, stopped)).rejects.toThrow("stopped");
    expect(sink.received).toEqual([]);
    sink.script({ kind: "hang" });
    const stop = new AbortController();
    const sending = channelOf().send(hello, stop.signal);
    await sink.next();
    stop.abort(new Error("stopped"));
    await expect(sending).rejects.toThrow("stopped");
  });
});

describe("the webhook's URL", () => {
  const quoting = (): SinkAnswer[] => [
    ...[200, 302, 400, 403, 404, 410, 429, 500].map((status): SinkAnswer => ({
      kind: "status",
      status,
      headers: { location: sink.webhookUrl, "retry-after": sink.webhookUrl },
      body: `${sink.webhookUrl} ${SINK_PATH}`,
    })),
    { kind: "hang" },
    { kind: "reset" },
    { kind: "close-mid-answer" },
  ];

  it("is in nothing that comes back, even where the answer quotes it", async () => {
    for (const answer of quoting()) expectNoSecret(await sent(answer, 200));
  });

  it("is in no error where it is no URL", async () => {
    const webhookUrl = `not a url ${SINK_PATH}`;
    const delivery = await channelOf({ webhookUrl }).send(hello, never);
    expect(delivery.outcome).toBe("retry");
    expectNoSecret(delivery);
  });
});

it("loads the SDK with the first message only, for the sake of the commands that send none", async () => {
  const script = `
    import { createRequire } from "node:module";
    const { slackChannel } = await import(process.argv[1]);
    slackChannel({ webhookUrl: "https://localhost", only: null, projects: null });
    const loaded = Object.keys(createRequire("/").cache).filter((path) => path.includes("@slack"));
    process.stdout.write(JSON.stringify(loaded));`;
  const path = new URL("../../../src/notify/slack.ts", import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    script,
    path,
  ]);
  expect(JSON.parse(stdout)).toEqual([]);
});

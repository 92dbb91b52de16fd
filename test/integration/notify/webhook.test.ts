import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewsItem } from "../../../src/domain/news.ts";
import type { Channel, Delivery } from "../../../src/notify/channel.ts";
import { httpClient } from "../../../src/notify/http/exchange.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { webhookChannel, type WebhookSettings } from "../../../src/notify/webhook.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { startHttpSink, type HttpSink, type SinkAnswer } from "../../harness/http-sink.ts";
import { alertmanager, INTEGRATION_KEY, ntfy, pagerduty } from "../../harness/receivers.ts";
import { UNSEEN } from "../../unit/notify/mrkdwn-reader.ts";
import {
  affected,
  bulletin,
  healedNews,
  healFailedNews,
  hostileNews,
  NOW,
  reminderNews,
  resolvedNews,
  staleNews,
} from "../../unit/notify/news-samples.ts";

type Format = WebhookSettings["format"];

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
const SECRET = "s3cret:p4ss";
const takes = () => ({ status: 204, body: "", error: null });

/** What stands at the other end, under which URL it is configured, and with which secret. */
const RECEIVERS = {
  generic: { peer: takes, path: "/hooks/s3cret-path", secret: SECRET },
  ntfy: { peer: ntfy, path: "/s3cret-topic", secret: SECRET },
  alertmanager: { peer: alertmanager, path: "/?s3cret=1", secret: SECRET },
  pagerduty: { peer: pagerduty, path: "/v2/enqueue", secret: INTEGRATION_KEY },
} as const;
const FORMATS = ["generic", "ntfy", "alertmanager", "pagerduty"] as const satisfies Format[];

let sink: HttpSink;

async function listen(format: Format): Promise<void> {
  const { peer, path } = RECEIVERS[format];
  await sink.close();
  sink = await startHttpSink({ path, peer: (asked) => peer(withoutQuery(asked)) });
}

function withoutQuery<Asked extends { path: string }>(asked: Asked): Asked {
  return { ...asked, path: asked.path.split("?")[0] ?? "" };
}

function channelOf(format: Format, settings: Partial<WebhookSettings> = {}): Channel {
  return webhookChannel({
    format,
    url: sink.url,
    secret: RECEIVERS[format].secret,
    only: null,
    projects: null,
    now: () => NOW,
    http: httpClient({ now: () => NOW, env: {}, timeout: 1_000 }),
    ...settings,
  });
}

function tell(format: Format, ...items: readonly NewsItem[]): Promise<Delivery> {
  return channelOf(format).send(bulletin(...items), never);
}

const bodies = (): unknown[] => sink.received.map(({ body }) => body);
const refusals = (): unknown[] => sink.received.map(({ error }) => error);

beforeEach(async () => {
  sink = await startHttpSink({ path: RECEIVERS.generic.path, peer: takes });
});

afterEach(() => sink.close());

describe.each(FORMATS)("a webhook of format %s", (format) => {
  beforeEach(() => listen(format));

  it("says every kind of news as its receiver documents it", async () => {
    for (const statusUrl of [null, "https://status.example.org/"]) {
      const all = bulletin(...hostileNews("web"));
      const delivery = await channelOf(format, { statusUrl }).send(all, never);
      expect(delivery.outcome).toBe("delivered");
    }
    expect(new Set(refusals())).toEqual(new Set([null]));
  });

  it.each(Object.entries(HOSTILE_TEXTS))("gets %s through as inert text", async (_, text) => {
    const hostile = { engine: text, at: NOW, items: hostileNews(text) };
    expect((await channelOf(format).send(hostile, never)).outcome).toBe("delivered");
    expect(new Set(refusals())).toEqual(new Set([null]));
    for (const { raw } of sink.received)
      expect(raw.replaceAll("\\n", " ").replaceAll("\\\\", "")).not.toMatch(
        new RegExp(`${UNSEEN.source}|\\\\u[0-9a-f]{4}`, "u"),
      );
  });

  it("keeps a message that is told to wait", async () => {
    sink.script({ kind: "status", status: 429, headers: { "retry-after": "30" } });
    expect(await channelOf(format).send(hello, never)).toMatchObject({
      outcome: "retry",
      error: expect.stringMatching(/ answered 429$/) as string,
      retryAfter: 30_000,
    });
  });

  it.each<[string, SinkAnswer]>([
    ["answers 500", { kind: "status", status: 500 }],
    ["answers 503", { kind: "status", status: 503 }],
    ["answers 408", { kind: "status", status: 408 }],
    ["hangs", { kind: "hang" }],
    ["resets", { kind: "reset" }],
    ["breaks off a 502", { kind: "close-mid-answer", status: 502 }],
  ])("keeps a message whose receiver %s", async (_, answer) => {
    sink.script(answer);
    expect((await channelOf(format).send(hello, never)).outcome).toBe("retry");
  });

  it.each([400, 401, 403, 404, 405, 410, 413, 415, 422])(
    "gives a message up at %i, with a hint",
    async (status) => {
      sink.script({ kind: "status", status, body: "no" });
      expect(await channelOf(format).send(hello, never)).toEqual({
        outcome: "refused",
        error: expect.stringMatching(new RegExp(` answered ${String(status)}$`)) as string,
        hint: expect.stringMatching(/\w{5}/) as string,
      });
    },
  );

  it("follows no redirect", async () => {
    for (const status of [301, 302, 307, 308]) {
      sink.script({ kind: "redirect", status, location: `${sink.url}/elsewhere` });
      expect(await channelOf(format).send(hello, never)).toMatchObject({
        outcome: "refused",
        hint: expect.stringContaining("final URL") as string,
      });
    }
    expect(sink.received).toHaveLength(4);
  });

  it("keeps its URL and secret out of whatever comes back", async () => {
    const answers: SinkAnswer[] = [200, 302, 400, 401, 404, 429, 500].map((status) => ({
      kind: "status",
      status,
      headers: { location: sink.url, "retry-after": sink.url },
      body: `${sink.url} ${SECRET} ${INTEGRATION_KEY}`,
    }));
    answers.push({ kind: "hang" }, { kind: "reset" }, { kind: "close-mid-answer" });
    for (const answer of answers) {
      sink.script(answer);
      const text = JSON.stringify(await channelOf(format).send(hello, never));
      expect(text).not.toMatch(/s3cret|p4ss|0123456789abcdef|127\.0\.0\.1/);
    }
  });

  it("rejects at the abort", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(channelOf(format).send(hello, stopped)).rejects.toThrow("stopped");
    expect(sink.received).toEqual([]);
  });
});

describe("the generic webhook", () => {
  it("signs each attempt anew under the same ID", async () => {
    sink.script({ kind: "status", status: 500 });
    for (const now of [NOW, NOW + 60_000])
      await channelOf("generic", { now: () => now }).send(bulletin(staleNews()), never);
    const [first, second] = sink.received.map(({ headers }) => headers);
    expect(first?.["webhook-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.["webhook-id"]).toBe(first?.["webhook-id"]);
    expect(Number(second?.["webhook-timestamp"]) - Number(first?.["webhook-timestamp"])).toBe(60);
    expect(second?.["webhook-signature"]).toMatch(/^v1,[\w+/]{43}=$/);
    expect(second?.["webhook-signature"]).not.toBe(first?.["webhook-signature"]);
    expect(new Set(sink.received.map(({ raw }) => raw)).size).toBe(1);
  });

  it("is one POST, however much there is to tell", async () => {
    const items = Array.from({ length: 500 }, (_, i) => staleNews({ incident: String(i) }));
    expect((await tell("generic", ...items)).outcome).toBe("delivered");
    expect(sink.received).toHaveLength(1);
    expect(bodies()).toMatchObject([{ news: { length: 500 }, leftOut: 0 }]);
  });
});

describe("ntfy", () => {
  beforeEach(() => listen("ntfy"));

  it("gets the topic from the URL's end, the token as a header, and the status page as a click", async () => {
    const statusUrl = "https://status.example.org/";
    const channel = channelOf("ntfy", { secret: "tk_s3cret", statusUrl });
    await channel.send(bulletin(staleNews(), resolvedNews()), never);
    const { path, headers, body } = await sink.next();
    expect({ path, authorization: headers.authorization }).toEqual({
      path: "/",
      authorization: "Bearer tk_s3cret",
    });
    expect(body).toMatchObject({
      topic: "s3cret-topic",
      title: "host-1: 1 container stale, 1 container resolved",
      priority: 4,
      tags: ["warning"],
      click: statusUrl,
    });
  });

  it("rings louder for what is wrong than for what is right again", async () => {
    await tell("ntfy", resolvedNews(), healedNews());
    await tell("ntfy", { kind: "test" });
    expect(bodies()).toMatchObject([
      { priority: 3, tags: ["white_check_mark"] },
      { priority: 3, tags: ["test_tube"] },
    ]);
  });

  it("gets 500 stale containers into one message, and says what is left out", async () => {
    const whose = affected({ container: `${"very-long-näme-".repeat(15)}x` });
    const items = Array.from({ length: 500 }, () => staleNews({ affected: whose }));
    expect((await tell("ntfy", ...items)).outcome).toBe("delivered");
    expect(bodies()).toMatchObject([
      { message: expect.stringContaining("more, left out here") as string },
    ]);
  });
});

describe("Alertmanager", () => {
  interface Alert {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
  }
  const alerts = (): Alert[] => sink.received.flatMap(({ body }) => body as Alert[]);

  beforeEach(() => listen("alertmanager"));

  it("knows the end of an alert by the very labels of its beginning", async () => {
    await tell("alertmanager", staleNews());
    const renamed = affected({ container: "4f2a91c0d3e5_infra2-web-1" });
    await tell("alertmanager", resolvedNews({ affected: renamed }));
    const [begun, ended] = alerts();
    expect(begun?.labels).toEqual({
      alertname: "ContainerStale",
      severity: "warning",
      engine: "host-1",
      project: "infra2",
      service: "web",
      incident: "i-1",
    });
    expect(ended?.labels).toEqual(begun?.labels);
    expect(Date.parse(begun?.endsAt ?? "")).toBeGreaterThan(NOW + 7 * 86_400_000);
    expect(Date.parse(ended?.endsAt ?? "")).toBe(NOW);
    expect(begun?.startsAt).toBe("2026-11-22T08:15:00.000Z");
    expect(begun?.annotations).toMatchObject({
      container: "infra2-web-1",
      command: staleNews().remedy,
    });
  });

  it.each(["", "/", "/api/v2/alerts", "/api/v2/alerts/"])("is found at %j", async (path) => {
    const url = `${new URL(sink.url).origin}${path}`;
    await channelOf("alertmanager", { url }).send(hello, never);
    expect(refusals()).toEqual([null]);
  });

  it.each([
    ["ops:p4ss", `Basic ${Buffer.from("ops:p4ss").toString("base64")}`],
    ["t0ken", "Bearer t0ken"],
    [null, undefined],
  ])("gets the secret %s as its kind of login", async (secret, authorization) => {
    await channelOf("alertmanager", { secret }).send(hello, never);
    expect((await sink.next()).headers.authorization).toBe(authorization);
  });
});

describe("PagerDuty", () => {
  interface Event {
    readonly event_action: string;
    readonly dedup_key: string;
  }
  const told = (): string[] =>
    sink.received.map(({ body }) => {
      const { event_action: action, dedup_key: key } = body as Event;
      return `${action} ${key}`;
    });

  beforeEach(() => listen("pagerduty"));

  it("is told of one incident under one key, from its alert to its end", async () => {
    await tell("pagerduty", staleNews(), reminderNews(), healFailedNews());
    await tell("pagerduty", healedNews(), resolvedNews({ incident: "i-2" }));
    expect(told()).toEqual([
      ...Array<string>(3).fill("trigger stalewatch/i-1"),
      "resolve stalewatch/i-1",
      "resolve stalewatch/i-2",
    ]);
  });

  it("ends an outage when the engine is back, and a test at once", async () => {
    const cause = "no answer";
    await tell("pagerduty", { kind: "engine-unreachable", since: NOW, failedScans: 3, cause });
    await tell("pagerduty", { kind: "engine-back", since: NOW, lasted: 1 }, { kind: "test" });
    expect(told()).toEqual([
      "trigger stalewatch/host-1/engine",
      "resolve stalewatch/host-1/engine",
      "trigger stalewatch/host-1/test",
      "resolve stalewatch/host-1/test",
    ]);
  });

  it("goes on behind the last event that arrived, however often it is throttled", async () => {
    const items = Array.from({ length: 6 }, (_, i) => staleNews({ incident: String(i) }));
    const channel = channelOf("pagerduty");
    const throttled = { kind: "status", status: 429 } as const;
    sink.script({ kind: "peer" }, { kind: "peer" }, throttled, { kind: "peer" }, throttled);
    const outcomes: string[] = [];
    for (let attempt = 0; attempt < 3; attempt++)
      outcomes.push((await channel.send(bulletin(...items), never)).outcome);
    expect(outcomes).toEqual(["retry", "retry", "delivered"]);
    expect(told().map((one) => one.slice(-1))).toEqual(["0", "1", "2", "2", "3", "3", "4", "5"]);
  });

  it("begins anew with the next message", async () => {
    const channel = channelOf("pagerduty");
    sink.script({ kind: "peer" }, { kind: "status", status: 500 });
    await channel.send(bulletin(staleNews(), resolvedNews()), never);
    await channel.send(bulletin(staleNews({ incident: "i-9" })), never);
    expect(told().at(-1)).toBe("trigger stalewatch/i-9");
  });
});

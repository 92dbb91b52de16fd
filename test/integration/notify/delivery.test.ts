import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewsItem } from "../../../src/domain/news.ts";
import { courier, type Courier } from "../../../src/notify/courier.ts";
import type { CourierEvent } from "../../../src/notify/courier-event.ts";
import { slackChannel } from "../../../src/notify/slack.ts";
import { startSlackSink, type SlackSink } from "../../harness/slack-sink.ts";
import { eventually } from "../../harness/wait.ts";
import { FakeClock } from "../../unit/notify/fake-clock.ts";
import { FakeOutbox } from "../../unit/notify/fake-outbox.ts";
import { bulletin, NOW, resolvedNews, staleNews } from "../../unit/notify/news-samples.ts";

let sink: SlackSink;
let outbox: FakeOutbox;
let clock: FakeClock;
let events: CourierEvent[];
let stop: AbortController;
let runs: Promise<void>[];

beforeEach(async () => {
  sink = await startSlackSink();
  outbox = new FakeOutbox();
  clock = new FakeClock(NOW);
  events = [];
  stop = new AbortController();
  runs = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(runs);
  await sink.close();
});

function start(): Courier {
  const channels = [slackChannel({ webhookUrl: sink.webhookUrl, only: null, projects: null })];
  const one = courier({
    outbox,
    channels,
    clock,
    log: (event) => events.push(event),
    random: () => 0,
  });
  runs.push(one.run(stop.signal));
  return one;
}

async function crash(): Promise<void> {
  stop.abort();
  await Promise.all(runs);
  stop = new AbortController();
}

const commit = (...items: readonly NewsItem[]): number =>
  outbox.commit("slack", bulletin(...items));
const logged = (count: number): Promise<unknown> =>
  eventually(`${String(count)} events`, () => events.length >= count);
const headlines = (): unknown[] =>
  sink.received.map(({ body }) => (body as { text: string }).text.split("\n")[0]);

describe("delivery to Slack", () => {
  it("loses nothing when the watchdog dies between the commit and the send", async () => {
    commit(staleNews());
    commit(resolvedNews());
    start();
    await logged(2);
    expect(headlines()).toEqual(["host-1: 1 container stale", "host-1: 1 container resolved"]);
    expect(outbox.waiting).toEqual([]);
  });

  it("loses nothing when it dies while it sends, and keeps the order", async () => {
    sink.script({ kind: "hang" });
    commit(staleNews());
    commit(resolvedNews());
    start();
    await sink.next();
    await crash();
    expect(outbox.waiting).toMatchObject([
      { id: 1, attempts: 0 },
      { id: 2, attempts: 0 },
    ]);
    start();
    await logged(2);
    expect(headlines().slice(1)).toEqual([
      "host-1: 1 container stale",
      "host-1: 1 container resolved",
    ]);
  });

  it("repeats nothing after a restart", async () => {
    commit(staleNews());
    start();
    await logged(1);
    await crash();
    start().wake();
    await clock.advance(600_000);
    expect(sink.received).toHaveLength(1);
  });

  it("honours Retry-After over a restart", async () => {
    sink.script({ kind: "status", status: 429, headers: { "retry-after": "120" } });
    commit(staleNews());
    start();
    await logged(1);
    expect(events[0]).toMatchObject({ event: "delivery-postponed", nextAttemptAt: NOW + 120_000 });
    await crash();
    start();
    await clock.advance(119_999);
    expect(sink.received).toHaveLength(1);
    await clock.advance(1);
    await logged(2);
    expect(events[1]).toMatchObject({ event: "delivered", attempts: 2 });
  });

  it("lets no end overtake its beginning while Slack is down", async () => {
    sink.script(
      { kind: "status", status: 500 },
      { kind: "reset" },
      { kind: "status", status: 502 },
    );
    commit(staleNews());
    const one = start();
    await logged(1);
    commit(resolvedNews());
    one.wake();
    await clock.advance(5_000);
    await logged(2);
    await clock.advance(10_000);
    await logged(3);
    await clock.advance(20_000);
    await logged(5);
    expect(headlines().slice(-2)).toEqual([
      "host-1: 1 container stale",
      "host-1: 1 container resolved",
    ]);
    expect(sink.received).toHaveLength(5);
  });

  it("gives up a message that Slack refuses, visibly, and delivers the next", async () => {
    sink.script({ kind: "status", status: 410, body: "channel_is_archived" });
    commit(staleNews());
    commit(resolvedNews());
    start();
    await logged(2);
    expect(events).toMatchObject([
      { event: "dead-letter", error: "Slack answered 410: channel_is_archived", hint: /archived/ },
      { event: "delivered" },
    ]);
    expect(outbox.letters).toHaveLength(1);
  });
});

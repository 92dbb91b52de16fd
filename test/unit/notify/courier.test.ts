import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../src/notify/channel.ts";
import { courier, type Courier } from "../../../src/notify/courier.ts";
import type { CourierEvent } from "../../../src/notify/courier-event.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { DELIVERED, FakeChannel, REFUSED, RETRY, retryAfter } from "./fake-channel.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { FakeOutbox } from "./fake-outbox.ts";
import { MINUTE, NOW } from "./news-samples.ts";

const SECOND = 1000;
const DAY = 86_400 * SECOND;

let clock: FakeClock;
let outbox: FakeOutbox;
let events: CourierEvent[];
let stop: AbortController;
let runs: Promise<void>[];

beforeEach(() => {
  clock = new FakeClock(NOW);
  outbox = new FakeOutbox();
  events = [];
  stop = new AbortController();
  runs = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(runs);
});

function courierOf(...channels: readonly FakeChannel[]): Courier {
  return courier({ outbox, channels, clock, log: (event) => events.push(event), random: () => 0 });
}

async function started(...channels: readonly FakeChannel[]): Promise<Courier> {
  const one = courierOf(...channels);
  runs.push(one.run(stop.signal));
  await settled();
  return one;
}

function commit(channel: FakeChannel, ...engines: readonly string[]): void {
  for (const engine of engines) outbox.commit(channel.name, testBulletin(engine, clock.now()));
}

const engines = (channel: FakeChannel): string[] => channel.sent.map(({ engine }) => engine);
const names = (): string[] => events.map(({ event }) => event);

describe("a running courier", () => {
  it("delivers what was committed before it started, in order", async () => {
    const slack = new FakeChannel("slack");
    commit(slack, "a", "b", "c");
    await started(slack);
    expect(engines(slack)).toEqual(["a", "b", "c"]);
    expect(outbox.waiting).toEqual([]);
    expect(events[0]).toEqual({
      event: "delivered",
      channel: "slack",
      message: 1,
      attempts: 1,
      answer: "200 ok",
    });
  });

  it("delivers at once when it is woken after a commit", async () => {
    const slack = new FakeChannel("slack");
    const one = await started(slack);
    commit(slack, "a");
    one.wake();
    await settled();
    expect(engines(slack)).toEqual(["a"]);
  });

  it("misses no wake-up that comes while it sends", async () => {
    const slack = new FakeChannel("slack", () => {
      commit(slack, "b");
      one.wake();
      return DELIVERED;
    });
    commit(slack, "a");
    const one = courierOf(slack);
    runs.push(one.run(stop.signal));
    await settled();
    expect(engines(slack)).toEqual(["a", "b"]);
  });

  it("finds within a minute what another process committed", async () => {
    const slack = new FakeChannel("slack");
    await started(slack);
    commit(slack, "a");
    await clock.advance(MINUTE);
    expect(engines(slack)).toEqual(["a"]);
  });

  it("does not look more than once a minute while there is nothing to do", async () => {
    await started(new FakeChannel("slack"));
    const before = outbox.heads;
    await clock.advance(10 * MINUTE);
    expect(outbox.heads - before).toBe(10);
  });

  it("tries again with growing waits, and nothing overtakes", async () => {
    const slack = new FakeChannel("slack", RETRY, RETRY);
    commit(slack, "a", "b");
    const one = await started(slack);
    expect(engines(slack)).toEqual(["a"]);
    expect(events.at(-1)).toMatchObject({
      event: "delivery-postponed",
      attempts: 1,
      nextAttemptAt: NOW + 5 * SECOND,
    });
    one.wake();
    await clock.advance(5 * SECOND - 1);
    expect(engines(slack)).toEqual(["a"]);
    await clock.advance(1);
    expect(engines(slack)).toEqual(["a", "a"]);
    await clock.advance(10 * SECOND - 1);
    expect(engines(slack)).toEqual(["a", "a"]);
    await clock.advance(1);
    expect(engines(slack)).toEqual(["a", "a", "a", "b"]);
  });

  it("waits as long as it was asked to", async () => {
    const slack = new FakeChannel("slack", retryAfter(10 * MINUTE));
    commit(slack, "a");
    await started(slack);
    await clock.advance(10 * MINUTE - 1);
    expect(slack.sent).toHaveLength(1);
    await clock.advance(1);
    expect(slack.sent).toHaveLength(2);
  });

  it("makes a refused message a dead letter, visibly, and goes on", async () => {
    const slack = new FakeChannel("slack", REFUSED);
    commit(slack, "a", "b");
    await started(slack);
    expect(engines(slack)).toEqual(["a", "b"]);
    expect(events[0]).toMatchObject({
      event: "dead-letter",
      error: "Slack answered 404",
      hint: "look",
    });
    expect(outbox.letters).toMatchObject([
      { message: { id: 1 }, error: "Slack answered 404 (look)" },
    ]);
  });

  it("gives a message up after three days of trying, and says so", async () => {
    const slack = new FakeChannel("slack", ...Array.from({ length: 1000 }, () => RETRY));
    commit(slack, "a");
    await started(slack);
    await clock.advance(3 * DAY - MINUTE);
    expect(outbox.letters).toEqual([]);
    await clock.advance(16 * MINUTE);
    expect(outbox.letters).toHaveLength(1);
    expect(outbox.letters[0]?.error).toMatch(
      /^given up after \d+ attempts in 3 d: Slack answered 500$/,
    );
    expect(events.at(-1)).toMatchObject({ event: "dead-letter", hint: null });
  });

  it("passes on what could be done about a failure that is tried again, to the end", async () => {
    const hinted = { outcome: "retry", error: "421", retryAfter: null, hint: "look" } as const;
    const mail = new FakeChannel("mail", ...Array<Delivery>(400).fill(hinted));
    commit(mail, "a");
    await started(mail);
    expect(events[0]).toMatchObject({ event: "delivery-postponed", hint: "look" });
    for (let i = 0; i < 400; i++) await clock.advance(15 * MINUTE);
    expect(events.at(-1)).toMatchObject({ event: "dead-letter", hint: "look" });
  });

  it("keeps one channel's failure and hang from the others", async () => {
    const hung = new FakeChannel("hung", "hangs-on");
    const failing = new FakeChannel("failing", RETRY);
    const good = new FakeChannel("good");
    for (const channel of [hung, failing, good]) commit(channel, "a", "b");
    await started(hung, failing, good);
    expect(engines(good)).toEqual(["a", "b"]);
    await clock.advance(5 * SECOND);
    expect(engines(failing)).toEqual(["a", "a", "b"]);
    expect(engines(hung)).toEqual(["a"]);
  });

  it("ends the attempt of a channel that never answers, and tries again", async () => {
    const hung = new FakeChannel("hung", "hangs-on");
    commit(hung, "a");
    await started(hung);
    await clock.advance(65 * SECOND);
    expect(engines(hung)).toEqual(["a", "a"]);
    expect(names()).toEqual(["delivery-postponed", "delivered"]);
  });

  it("keeps the message of a channel that throws, and tells nothing of what it threw", async () => {
    const broken = new FakeChannel("broken", () => {
      throw new TypeError("https://secret");
    });
    commit(broken, "a");
    await started(broken);
    expect(events).toMatchObject([
      { event: "delivery-postponed", error: "the channel failed: TypeError" },
    ]);
    await clock.advance(5 * SECOND);
    expect(outbox.waiting).toEqual([]);
  });

  it("takes a due time that the clock was set back from as due", async () => {
    const slack = new FakeChannel("slack", RETRY);
    commit(slack, "a");
    await started(slack);
    clock.jump(-2 * DAY);
    await clock.advance(MINUTE);
    expect(outbox.waiting).toEqual([]);
  });
});

describe("a courier that is stopped", () => {
  it.each(["hangs", "hangs-on"] as const)(
    "stops within a second while a channel %s, and the next one delivers the message",
    async (reply) => {
      const slack = new FakeChannel("slack", reply);
      commit(slack, "a", "b");
      const run = courierOf(slack).run(stop.signal);
      await settled();
      const from = performance.now();
      stop.abort();
      await run;
      expect(performance.now() - from).toBeLessThan(1000);
      expect(outbox.waiting).toMatchObject([{ id: 1, attempts: 0 }, { id: 2 }]);

      stop = new AbortController();
      const next = new FakeChannel("slack");
      await started(next);
      expect(engines(next)).toEqual(["a", "b"]);
    },
  );

  it("believes a channel that says at the last moment that its message arrived", async () => {
    const slack = new FakeChannel("slack", () => {
      stop.abort();
      return DELIVERED;
    });
    commit(slack, "a");
    await courierOf(slack).run(stop.signal);
    expect(outbox.waiting).toEqual([]);
  });

  it("stops while it waits", async () => {
    const run = courierOf(new FakeChannel("slack"), new FakeChannel("mail")).run(stop.signal);
    await settled();
    stop.abort();
    await run;
  });

  it("does nothing where it was stopped before it started", async () => {
    const slack = new FakeChannel("slack");
    commit(slack, "a");
    stop.abort();
    await courierOf(slack).run(stop.signal);
    expect(slack.sent).toEqual([]);
  });
});

describe("an outbox that cannot be written", () => {
  it("makes no message go out twice, and is told as soon as it can be", async () => {
    const slack = new FakeChannel("slack");
    commit(slack, "a", "b");
    outbox.isReadOnly = true;
    const one = await started(slack);
    for (let wakes = 0; wakes < 100; wakes++) {
      one.wake();
      await settled();
    }
    await clock.advance(10 * MINUTE);
    expect(engines(slack)).toEqual(["a"]);
    expect(names().filter((event) => event === "outbox-failed").length).toBeLessThan(20);

    outbox.isReadOnly = false;
    await clock.advance(MINUTE);
    expect(engines(slack)).toEqual(["a", "b"]);
    expect(outbox.noted).toEqual([1, 2]);
  });

  it("gives a dead letter up only once", async () => {
    const slack = new FakeChannel("slack", REFUSED);
    commit(slack, "a");
    outbox.isReadOnly = true;
    await started(slack);
    await clock.advance(10 * MINUTE);
    expect(names().filter((event) => event === "dead-letter")).toHaveLength(1);
    outbox.isReadOnly = false;
    await clock.advance(MINUTE);
    expect(outbox.letters).toHaveLength(1);
  });

  it("does not make a failing channel be called without a pause", async () => {
    const slack = new FakeChannel("slack", ...Array.from({ length: 50 }, () => RETRY));
    commit(slack, "a");
    outbox.isReadOnly = true;
    const one = await started(slack);
    one.wake();
    await clock.advance(35 * SECOND);
    expect(slack.sent).toHaveLength(4);
    expect(events.filter(({ event }) => event === "delivery-postponed")).toMatchObject(
      [1, 2, 3, 4].map((attempts) => ({ attempts })),
    );
  });

  it("does not make it forget how long it was asked to wait", async () => {
    const slack = new FakeChannel("slack", retryAfter(10 * MINUTE));
    commit(slack, "a");
    outbox.isReadOnly = true;
    const one = await started(slack);
    await clock.advance(9 * MINUTE);
    one.wake();
    await settled();
    expect(slack.sent).toHaveLength(1);
    await clock.advance(MINUTE);
    expect(slack.sent).toHaveLength(2);
  });

  it("is left alone for a while where it cannot even be read", async () => {
    const slack = new FakeChannel("slack");
    commit(slack, "a");
    outbox.isUnreadable = true;
    await started(slack);
    await clock.advance(10 * MINUTE);
    expect(outbox.heads).toBeLessThan(20);
    expect(events[0]).toMatchObject({
      event: "outbox-failed",
      doing: "head",
      error: "disk I/O error",
    });
    outbox.isUnreadable = false;
    await clock.advance(MINUTE);
    expect(engines(slack)).toEqual(["a"]);
  });
});

describe("drain", () => {
  it("delivers what is due and says what became of it", async () => {
    const good = new FakeChannel("good");
    const mixed = new FakeChannel("mixed", REFUSED, DELIVERED, RETRY);
    commit(good, "a", "b");
    commit(mixed, "a", "b", "c", "d");
    expect(await courierOf(good, mixed).drain(stop.signal)).toEqual({
      delivered: 3,
      postponed: 1,
      dead: 1,
      waiting: 0,
      outboxFailed: 0,
    });
    expect(engines(mixed)).toEqual(["a", "b", "c"]);
  });

  it("leaves alone what is not due yet", async () => {
    const slack = new FakeChannel("slack", RETRY);
    commit(slack, "a");
    const one = courierOf(slack);
    await one.drain(stop.signal);
    expect(await one.drain(stop.signal)).toMatchObject({ delivered: 0, waiting: 1 });
    expect(slack.sent).toHaveLength(1);
  });

  it("counts an outbox that fails, and ends", async () => {
    const slack = new FakeChannel("slack");
    commit(slack, "a");
    outbox.isReadOnly = true;
    expect(await courierOf(slack).drain(stop.signal)).toMatchObject({ outboxFailed: 1 });
    expect(slack.sent).toHaveLength(1);
  });

  it("ends early at the abort", async () => {
    const slack = new FakeChannel("slack", "hangs");
    commit(slack, "a");
    const drained = courierOf(slack).drain(stop.signal);
    await settled();
    stop.abort();
    expect(await drained).toMatchObject({ delivered: 0, postponed: 0 });
    expect(outbox.waiting).toHaveLength(1);
  });
});

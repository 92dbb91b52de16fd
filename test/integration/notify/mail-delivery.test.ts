import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewsItem } from "../../../src/domain/news.ts";
import { courier } from "../../../src/notify/courier.ts";
import type { CourierEvent } from "../../../src/notify/courier-event.ts";
import { emailChannels } from "../../../src/notify/email.ts";
import { startMailSink, type MailSink } from "../../harness/mail-sink.ts";
import { eventually } from "../../harness/wait.ts";
import { FakeClock } from "../../unit/notify/fake-clock.ts";
import { FakeOutbox } from "../../unit/notify/fake-outbox.ts";
import { bulletin, NOW, resolvedNews, staleNews } from "../../unit/notify/news-samples.ts";
import { mailSettings } from "./mail-channel.ts";

const [GOOD, BAD] = ["good@example.org", "bad@example.org"];
let sink: MailSink;
let outbox: FakeOutbox;
let clock: FakeClock;
let events: CourierEvent[];
let stop: AbortController;
let run: Promise<void>;

beforeEach(async () => {
  sink = await startMailSink();
  outbox = new FakeOutbox();
  clock = new FakeClock(NOW);
  events = [];
});

afterEach(async () => {
  await crash();
  await sink.close();
});

function start(): void {
  stop = new AbortController();
  const to = [GOOD, BAD].map((address) => ({ name: null, address }));
  const channels = emailChannels(mailSettings(sink.port, {}, { to }));
  const log = (event: CourierEvent): number => events.push(event);
  run = courier({ outbox, channels, clock, log, random: () => 0 }).run(stop.signal);
}

async function crash(): Promise<void> {
  stop.abort();
  await run;
}

/** As the daemon does: one message for each recipient. */
function commit(...items: readonly NewsItem[]): void {
  for (const address of [GOOD, BAD]) outbox.commit(`email:${address}`, bulletin(...items));
}

const told = (event: CourierEvent["event"], count = 1): Promise<unknown> =>
  eventually(
    `${String(count)} ${event}`,
    () => events.filter((one) => one.event === event).length >= count,
  );

/** What the server took for somebody, in order. */
function mailsOf(address: string) {
  const mails = sink.received.filter(({ recipients }) => recipients.includes(address));
  return Promise.all(mails.map(({ parsed }) => parsed()));
}

describe("delivery by mail", () => {
  it("brings each recipient every mail once, in order, in one thread", async () => {
    commit(staleNews());
    commit(resolvedNews());
    start();
    await told("delivered", 4);
    const mails = await mailsOf(GOOD);
    expect(mails.map(({ text }) => text?.split("\n")[0])).toEqual([
      "host-1: 1 container stale",
      "host-1: 1 container resolved",
    ]);
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(1);
    expect(new Set(mails.map(({ inReplyTo }) => inReplyTo)).size).toBe(1);
    expect(sink.received).toHaveLength(4);
    expect(outbox.waiting).toEqual([]);
  });

  it("makes a dead letter for a recipient who is refused, and for nobody else", async () => {
    sink.refuse(BAD, { code: 550, text: "5.1.1 no such user" });
    commit(staleNews());
    start();
    await told("dead-letter");
    await told("delivered");
    expect(events).toContainEqual({
      event: "dead-letter",
      channel: `email:${BAD}`,
      message: 2,
      attempts: 1,
      error: "the mail server answered 550 5.1.1 to RCPT TO: no such user",
      hint: "there is no such mailbox: correct notify.email.to",
    });
    expect(outbox.letters).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(sink.received).toHaveLength(1);
  });

  it("keeps nobody waiting for a recipient whose mailbox is full", async () => {
    sink.refuse(BAD, { code: 452, text: "4.2.2 mailbox full" });
    commit(staleNews());
    commit(resolvedNews());
    start();
    await told("delivery-postponed");
    await told("delivered", 2);
    expect(sink.received.map(({ recipients }) => recipients)).toEqual([[GOOD], [GOOD]]);
    sink.refuse(BAD, null);
    await clock.advance(5_000);
    await told("delivered", 4);
    expect(await mailsOf(BAD)).toHaveLength(2);
    expect(await mailsOf(GOOD)).toHaveLength(2);
  });

  it("sends what may have arrived again as the same mail, after a restart too", async () => {
    sink.script({ at: "end", kind: "disconnect" }, { at: "end", kind: "disconnect" });
    commit(staleNews());
    start();
    await told("delivery-postponed", 2);
    await crash();
    start();
    await clock.advance(5_000);
    await told("delivered", 2);
    const [first, again] = await mailsOf(GOOD);
    expect(again?.messageId).toBe(first?.messageId);
    expect(sink.received).toHaveLength(4);
  });
});

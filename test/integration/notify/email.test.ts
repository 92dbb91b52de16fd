import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bulletin } from "../../../src/domain/news.ts";
import { emailChannels } from "../../../src/notify/email.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { startMailSink, type MailSink } from "../../harness/mail-sink.ts";
import {
  affected,
  bulletin,
  hostileNews,
  NOW,
  resolvedNews,
  staleNews,
} from "../../unit/notify/news-samples.ts";
import { mailChannel, mailSettings } from "./mail-channel.ts";

const never = new AbortController().signal;
const hello = testBulletin("host-1", NOW);
let sink: MailSink;

beforeEach(async () => {
  sink = await startMailSink();
});

afterEach(() => sink.close());

describe("a mail", () => {
  it("arrives with a text and an HTML part, and says what came back", async () => {
    const delivery = await mailChannel(sink.port).send(
      bulletin(staleNews(), resolvedNews()),
      never,
    );
    expect(delivery).toEqual({ outcome: "delivered", answer: "250 queued as 4F2A91C" });
    const { text, html, attachments } = await sink.next();
    expect(text).toMatch(/^host-1: 1 container stale, 1 container resolved\n/);
    expect(text).toContain("Stale: infra2-web-1 (project infra2, service web)");
    expect(html).toContain("does not run its newest image");
    expect(attachments).toEqual([]);
  });

  it("bears the headers of an automatic mail in a thread, and is from and to whom it says", async () => {
    const to = [
      { name: "Ops, Nacht", address: "ops@example.org" },
      { name: null, address: "dev@example.org" },
    ];
    await mailChannel(sink.port, {}, { to }).send(bulletin(staleNews()), never);
    const {
      from,
      to: whom,
      subject,
      date,
      headers,
      headerLines,
      inReplyTo,
      references,
      messageId,
    } = await sink.next();
    expect(from?.value).toEqual([{ name: "stalewatch on host-1", address: "watch@example.org" }]);
    expect([whom].flat().flatMap((one) => one?.value ?? [])).toEqual([
      { name: "Ops, Nacht", address: "ops@example.org" },
      { name: "", address: "dev@example.org" },
    ]);
    expect(sink.received).toMatchObject([
      { sender: "watch@example.org", recipients: ["ops@example.org"] },
    ]);
    expect(subject).toBe("host-1: stale container infra2-web-1");
    expect(date).toEqual(new Date(NOW));
    expect(headers.get("auto-submitted")).toBe("auto-generated");
    expect(headerLines).toContainEqual({
      key: "list-id",
      line: "List-ID: <host-1.stalewatch.example.org>",
    });
    expect(messageId).toMatch(/^<stalewatch\.mail\.[0-9a-f]{32}@example\.org>$/);
    expect(inReplyTo).toMatch(/^<stalewatch\.thread\.[0-9a-f]{32}@example\.org>$/);
    expect(references).toBe(inReplyTo);
  });

  it("goes to each recipient once, under one Message-ID, each a channel of its own", async () => {
    const addresses = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
    const to = addresses.map((address) => ({ name: null, address }));
    const channels = emailChannels(mailSettings(sink.port, {}, { to }));
    expect(channels.map(({ name }) => name)).toEqual(addresses.map((one) => `email:${one}`));
    await Promise.all(channels.map((one) => one.send(hello, never)));
    expect(sink.received.map(({ recipients }) => recipients.join()).sort()).toEqual(addresses);
    const ids = await Promise.all(addresses.map(async () => (await sink.next()).messageId));
    expect(new Set(ids).size).toBe(1);
    expect(sink.atOnce()).toBeLessThanOrEqual(2);
  });

  it("about 500 stale containers is one of less than 100 kB that says what it leaves out", async () => {
    for (const name of ["infra2-web-", "very-long-name-".repeat(12), "非常に長い名前".repeat(20)]) {
      const items = Array.from({ length: 500 }, (_, i) =>
        staleNews({
          incident: `i-${String(i)}`,
          affected: affected({ container: `${name}${String(i)}`, project: name, service: name }),
          reason: `${name} was built again`.repeat(5),
          remedy: null,
        }),
      );
      await mailChannel(sink.port).send(bulletin(...items), never);
      const { raw } = sink.received.at(-1) ?? { raw: Buffer.alloc(0) };
      expect(raw.length).toBeGreaterThan(20_000);
      expect(raw.length).toBeLessThan(100_000);
      const { text, html } = await sink.next();
      expect(text?.replaceAll(/\s+/g, " ")).toMatch(
        /Also stale, without the details: .*\. stalewatch check lists them all\. -- /,
      );
      expect(html).toContain("500 containers stale");
    }
  });

  it.each(Object.entries(HOSTILE_TEXTS))("with %s in it stays the mail it is", async (_, text) => {
    const hostile: Bulletin = { engine: text, at: NOW, items: hostileNews(text) };
    expect(await mailChannel(sink.port).send(hostile, never)).toMatchObject({
      outcome: "delivered",
    });
    const [{ raw, recipients } = { raw: Buffer.alloc(0), recipients: [] }] = sink.received;
    expect(recipients).toEqual(["ops@example.org"]);
    expect(raw.length).toBeLessThan(100_000);
    expect(headerNames(raw)).toEqual(HEADERS);
    // Plain ASCII in lines of a length that every server takes.
    expect(raw.toString("latin1")).toMatch(/^[\x20-\x7e\r\n]*$/);
    for (const line of raw.toString("latin1").split("\r\n")) expect(line.length).toBeLessThan(999);
    const mail = await sink.next();
    expect(mail.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail.from?.value.map(({ address }) => address)).toEqual(["watch@example.org"]);
    expect(mail.subject).toMatch(/: stale container /);
    expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });
});

const HEADERS = [
  "from",
  "to",
  "in-reply-to",
  "references",
  "auto-submitted",
  "x-auto-response-suppress",
  "list-id",
  "subject",
  "message-id",
  "date",
  "mime-version",
  "content-type",
].sort();

function headerNames(raw: Buffer): string[] {
  const [head = ""] = raw.toString("latin1").split("\r\n\r\n");
  return Array.from(head.matchAll(/^([!-9;-~]+):/gm), ([, name = ""]) => name.toLowerCase()).sort();
}

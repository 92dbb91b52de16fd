import { describe, expect, it } from "vitest";
import type { Bulletin, NewsItem } from "../../../../src/domain/news.ts";
import { mailOf } from "../../../../src/notify/mail/mail.ts";
import { HOSTILE_TEXTS } from "../../../harness/hostile-texts.ts";
import {
  affected,
  bulletin,
  healedNews,
  MINUTE,
  NOW,
  reminderNews,
  resolvedNews,
  staleNews,
} from "../news-samples.ts";

const mail = (one: Bulletin) => mailOf(one, "example.org");
const of = (...items: readonly NewsItem[]) => mail(bulletin(...items));

/** Two incidents, the first the older one. */
const web = { incident: "i-web", divergedSince: NOW - 90 * MINUTE, affected: affected() };
const api = {
  incident: "i-api",
  divergedSince: NOW - 20 * MINUTE,
  affected: affected({ container: "infra2-api-1", service: "api" }),
};

describe("a thread", () => {
  it("holds all mails of one incident, under one subject", () => {
    const mails = [staleNews(web), reminderNews(web), healedNews(web), resolvedNews(web)].map(
      (item, i) => mail({ ...bulletin(item), at: NOW + i * MINUTE }),
    );
    expect(new Set(mails.map(({ subject }) => subject))).toEqual(
      new Set(["host-1: stale container infra2-web-1"]),
    );
    expect(new Set(mails.map(({ inReplyTo }) => inReplyTo)).size).toBe(1);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(4);
  });

  it("of a mail about several incidents is that of the oldest; the others are referred to", () => {
    const both = of(staleNews(api), staleNews(web));
    const [webs, apis] = [of(staleNews(web)), of(resolvedNews(api))];
    expect(both.subject).toBe(webs.subject);
    expect(both.inReplyTo).toBe(webs.inReplyTo);
    expect(both.references).toEqual([webs.inReplyTo, apis.inReplyTo]);
  });

  it("does not depend on the order of the news", () => {
    const same = { ...api, divergedSince: web.divergedSince };
    const [a, b] = [of(staleNews(web), staleNews(same)), of(staleNews(same), staleNews(web))];
    expect(a.references).toEqual(b.references);
    expect(a.subject).toBe(b.subject);
  });

  it("holds an outage from its beginning to its end", () => {
    const since = NOW - 10 * MINUTE;
    const gone = of({ kind: "engine-unreachable", since, failedScans: 3, cause: "ECONNREFUSED" });
    const back = of({ kind: "engine-back", since, lasted: 12 * MINUTE });
    const next = of({ kind: "engine-back", since: since + 1, lasted: 12 * MINUTE });
    expect(gone.subject).toBe("host-1: engine unreachable");
    expect([back.subject, back.inReplyTo]).toEqual([gone.subject, gone.inReplyTo]);
    expect(next.inReplyTo).not.toBe(gone.inReplyTo);
  });

  it.each<[NewsItem, string]>([
    [{ kind: "breaker", limit: 5, due: ["a"] }, "host-1: nothing is healed"],
    [{ kind: "test" }, "host-1: a test message"],
  ])("of its own has %j", (item, subject) => {
    const first = of(item);
    const second = mail({ ...bulletin(item), at: NOW + 1 });
    expect(first.subject).toBe(subject);
    expect(second.inReplyTo).not.toBe(first.inReplyTo);
  });

  it("does not make headers without end", () => {
    const items = Array.from({ length: 500 }, (_, i) => staleNews({ incident: `i-${String(i)}` }));
    expect(of(...items).references).toHaveLength(20);
  });
});

describe("a Message-ID", () => {
  it("is the same for the same bulletin, as the outbox keeps it, and for no other", () => {
    const one = bulletin(staleNews(web), resolvedNews(api));
    const kept = JSON.parse(JSON.stringify(one)) as Bulletin;
    expect(mail(kept).messageId).toBe(mail(one).messageId);
    expect(mail({ ...one, at: NOW + 1 }).messageId).not.toBe(mail(one).messageId);
    expect(mail({ ...one, engine: "host-2" }).messageId).not.toBe(mail(one).messageId);
  });

  it.each(Object.entries(HOSTILE_TEXTS))(
    "is one whatever the incident is called: %s",
    (_, text) => {
      const { messageId, references } = of(staleNews({ incident: text }));
      for (const id of [messageId, ...references])
        expect(id).toMatch(/^<stalewatch\.(mail|thread)\.[0-9a-f]{32}@example\.org>$/);
    },
  );
});

describe("the headers", () => {
  it("say that nobody wrote it, and which list it is of", () => {
    expect(of({ kind: "test" }).headers).toEqual({
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "List-ID": "<host-1.stalewatch.example.org>",
    });
  });

  it("give the time of the news, however often it is sent", () => {
    expect(of({ kind: "test" }).date).toBe(NOW);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("are one line each for %s", (_, text) => {
    const items = [staleNews({ affected: affected({ container: text }) })];
    const { subject, headers } = mail({ engine: text, at: NOW, items });
    for (const value of [subject, ...Object.values(headers)]) {
      expect(value).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|=\?/u);
      expect(value.length).toBeLessThan(200);
    }
  });
});

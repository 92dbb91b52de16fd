import { describe, expect, it } from "vitest";
import type { NewsItem } from "../../../../src/domain/news.ts";
import { columns } from "../../../../src/notify/mail/columns.ts";
import { htmlPart } from "../../../../src/notify/mail/html-part.ts";
import { textPart } from "../../../../src/notify/mail/text-part.ts";
import { HOSTILE_TEXTS } from "../../../harness/hostile-texts.ts";
import {
  affected,
  bulletin,
  healedNews,
  healFailedNews,
  hostileNews,
  MINUTE,
  NOW,
  otherHealNews,
  reminderNews,
  resolvedNews,
  staleNews,
} from "../news-samples.ts";

const text = (...items: readonly NewsItem[]): string => textPart(bulletin(...items));
const page = (...items: readonly NewsItem[]): string => htmlPart(bulletin(...items));

/** What a reader sees of a page. */
function seen(html: string): string {
  return html
    .replace(/[\s\S]*<body[^>]*>\s*<div style="display:none[^>]*>.*<\/div>/, "")
    .replaceAll(/<br>|<\/(td|div|tr)>/g, "\n")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&nbsp;", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\n+/g, "\n");
}

const EVERY: readonly NewsItem[] = [
  staleNews({ warnings: ["w1", "w2", "w3"] }),
  staleNews({ mode: "heal", healBlockedBy: null, remedy: null }),
  reminderNews(),
  healedNews(),
  healFailedNews(),
  ...otherHealNews("x-y"),
  resolvedNews(),
  { kind: "engine-unreachable", since: NOW - MINUTE, failedScans: 3, cause: "ECONNREFUSED" },
  { kind: "engine-back", since: NOW - MINUTE, lasted: MINUTE },
  { kind: "test" },
];

const MANY = Array.from({ length: 500 }, (_, i) =>
  staleNews({ affected: affected({ container: `shop-service-${String(i)}` }) }),
);

describe("the text part", () => {
  it("of a stale container says what, since when, why, what happens next and what to type", () => {
    expect(text(staleNews())).toBe(`host-1: 1 container stale
=========================

Stale: infra2-web-1 (project infra2, service web) does not run its newest
  image
  images: runs 4f2a91c0d3e5 built 2026-11-20 09:26:00 UTC; newest is
    infra2-web:latest = 9c01b7e2aa54 built 2026-11-22 08:15:00 UTC, revision
    1f3c9d2
  since: 2026-11-22 08:15:00 UTC (71 min)
  why: infra2-web:latest was built again 71 min ago
  next: alert only, nothing is recreated by itself
  type:
    docker compose -f /srv/infra2/compose.yml -p infra2 up -d --no-deps \\
      --force-recreate web

-- 
stalewatch on host-1, as of 2026-11-22 09:26:00 UTC
`);
  });

  it("of a failed heal has its last lines", () => {
    expect(text(healFailedNews())).toContain(
      "  last lines:\n    | starting\n    | no such table: users\n  type:\n    docker compose",
    );
  });

  it.each(EVERY)("of $kind names the host, and what is next or to be done", (item) => {
    const shown = text(item);
    expect(shown).toMatch(/^host-1: \w/);
    expect(shown).toMatch(/^ {2}(next|type): ?/m);
  });

  it("names another command where the best one cannot be shown exactly", () => {
    expect(text(staleNews({ remedy: `cd ${"x".repeat(90)}` }))).toContain(
      "  type:\n    stalewatch check infra2-web-1\n",
    );
  });

  it("shows the worst first, whatever the order of the news", () => {
    const starts = text(resolvedNews(), staleNews(), healFailedNews()).match(/^[A-Z][a-z ]+:/gm);
    expect(starts).toEqual(["Heal failed:", "Stale:", "Resolved:"]);
  });

  it("stands even where there is nothing to say and nobody to say it of", () => {
    expect(textPart({ engine: " ", at: NOW, items: [] })).toContain("nothing to report");
    expect(htmlPart({ engine: " ", at: NOW, items: [] })).toContain("nothing to report");
  });

  it.each(Object.entries(HOSTILE_TEXTS))(
    "has 80 columns at most, and nothing unseen, with %s in it",
    (_, hostile) => {
      const shown = textPart({ engine: hostile, at: NOW, items: hostileNews(hostile) });
      for (const line of shown.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      // Every line that begins a paragraph is ours: no text makes one of its own.
      const starts = shown.split("\n").filter((line) => /^(Stale|Resolved|Healed):/.test(line));
      expect(starts.length).toBeLessThanOrEqual(4);
    },
  );
});

describe("the HTML part", () => {
  it("says the same as the text part", () => {
    for (const item of EVERY) {
      const words = (shown: string): string =>
        shown.replaceAll(/[^\p{L}\p{N}]+/gu, " ").replace(/ stalewatch on host 1 as of .*/, "");
      const [plain, html] = [words(text(item)), words(seen(page(item)))];
      const [, body = ""] = /^host 1 [\w ]+? (?=[A-Z])(.*)$/.exec(plain) ?? [];
      expect(body.length).toBeGreaterThan(40);
      expect(html).toContain(body.replace(/ last lines .*/, "").trim());
    }
  });

  it("shows in inboxes what is new, not what the thread is about", () => {
    expect(page(resolvedNews())).toMatch(
      /<body[^>]*>\s*<div style="display:none[^"]*">Resolved: infra2-web-1 \(project infra2/,
    );
  });

  it("has no image, link, script or form, and nothing to be fetched", () => {
    expect(page(...EVERY)).not.toMatch(/<(img|a|script|form|link|iframe|svg|object)\b|url\(|src=/i);
  });

  it("is a table of 600 pixels with colours for light and dark", () => {
    const html = page(...EVERY);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain("@media (prefers-color-scheme:dark)");
    expect(html).toMatch(/<table class="card" width="600"[^>]*max-width:600px/);
  });

  it("says the state in words and not by colour alone", () => {
    expect(seen(page(healFailedNews()))).toContain("Heal failed: infra2-web-1");
  });

  it("shows no line break within an option of a command", () => {
    expect(page(staleNews())).toContain("<nobr>--force-recreate</nobr> web");
  });

  it.each(Object.entries(HOSTILE_TEXTS))("has no tag of %s's making", (_, hostile) => {
    const tags = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];
    const pages = [page(...EVERY), page(...hostileNews("a-b")), page(...MANY)];
    const ours = new Set([...pages.flatMap(tags), "<br>"]);
    const shown = htmlPart({ engine: hostile, at: NOW, items: hostileNews(hostile) });
    // A bar's parts are as wide as the news makes them.
    const unknown = tags(shown).filter(
      (tag) => !ours.has(tag) && !/^<td width="[\d.]+%"/.test(tag),
    );
    expect(unknown).toEqual([]);
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });
});

describe("a mail of too much", () => {
  it.each([
    ["text", text(...MANY).replaceAll(/\s+/g, " ")],
    ["HTML", seen(page(...MANY))],
  ])("says in its %s how many it leaves out, and where to see them", (_, shown) => {
    const full = shown.match(/Stale: shop-service-\d+ \(/g)?.length ?? 0;
    const [, names = ""] = /Also stale, without the details: (.*)/.exec(shown) ?? [];
    const named = names.match(/shop-service-\d+/g)?.length ?? 0;
    const leftOut = Number(/ and (\d+) more, left out here/.exec(names)?.[1] ?? 0);
    expect(full).toBeGreaterThanOrEqual(10);
    expect(named).toBeGreaterThanOrEqual(100);
    expect(full + named + leftOut).toBe(500);
    expect(names).toContain("stalewatch check lists them all.");
  });

  it("does not let them crowd out the one that was resolved", () => {
    expect(text(...MANY, resolvedNews())).toContain("Resolved: infra2-web-1");
    expect(seen(page(...MANY, resolvedNews()))).toContain("Resolved: infra2-web-1");
  });
});

import { describe, expect, it } from "vitest";
import type { Diverged } from "../../../src/domain/verdict.ts";
import { historyPage, overviewPage } from "../../../src/status/page/frame.ts";
import type { Filter } from "../../../src/status/page/containers.ts";
import type { Facts } from "../../../src/status/facts.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { hostileFacts } from "./hostile.ts";
import {
  DAY,
  diverged,
  excluded,
  factsOf,
  fresh,
  HOUR,
  MINUTE,
  NOW,
  shopHost,
  turns,
  untracked,
} from "./samples.ts";

const ALL: Filter = { verdict: null, project: null };

function page(facts: Facts, filter: Partial<Filter> = {}): string {
  return overviewPage({ facts, version: "v-1", now: NOW }, { ...ALL, ...filter });
}

/** What somebody reads who sees no markup, in one line. */
function text(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, " ");
}

/** The names of the containers, in the order in which they are listed. */
function listed(html: string): string[] {
  return [...html.matchAll(/<li class="c [^>]*>.*?<b>(.*?)<\/b>/g)].map(([, name = ""]) => name);
}

describe("the list of containers", () => {
  it("is grouped by project, the stale ones first", () => {
    const html = page(
      factsOf([
        fresh("app-a-1"),
        excluded("app-b-1"),
        diverged("crm-a-1", 5 * MINUTE),
        untracked("crm-b-1"),
        fresh("crm-c-1"),
        fresh("shop-a-1"),
        diverged("shop-b-1", HOUR),
      ]),
    );
    expect(listed(html)).toEqual([
      ...["shop-b-1", "shop-a-1"],
      ...["crm-a-1", "crm-b-1", "crm-c-1"],
      ...["app-a-1", "app-b-1"],
    ]);
    expect([...html.matchAll(/<h3>.*?>(\w+)<\/a>/gs)].map(([, name]) => name)).toEqual([
      "shop",
      "crm",
      "app",
    ]);
  });

  it("is filtered by verdict and project, with links that keep the other", () => {
    const facts = shopHost();
    expect(listed(page(facts, { verdict: "stale" }))).toEqual(["crm-search-1", "shop-web-1"]);
    const html = page(facts, { verdict: "stale", project: "shop" });
    expect(listed(html)).toEqual(["shop-web-1"]);
    expect(html).toContain('href="?verdict=pending&amp;project=shop"');
    expect(html).toContain('href="?project=shop"');
    expect(text(page(facts, { project: "nothing" }))).toContain("None of them is so.");
  });

  it("says of a stale one all that is known, and what to type", () => {
    const [web] = shopHost().sight.scan?.judgements ?? [];
    const said = text(page(factsOf(web === undefined ? [] : [web])));
    expect(said).toContain("shop-web:latest was built again 71 min ago");
    expect(said).toMatch(/runs b0e7e914064a , built 3 d ago/);
    expect(said).toMatch(
      /newest shop-web:latest = 04d2daa6a217 , built 71 min ago, revision 4f2c9e1/,
    );
    expect(said).toContain("15 min, used up 56 min ago");
    expect(said).toContain("next alert only");
    expect(said).toContain(
      "docker compose -f /srv/shop/compose.yaml -p shop up -d --no-deps --force-recreate web",
    );
  });

  it.each([
    ["how much of the grace is used", {}, "12 min of 15 min used"],
    ["when it counts", {}, "counts in 3 min"],
    [
      "holds",
      {
        hold: { id: "bcd23456", project: "shop", container: null, until: NOW + HOUR, reason: "x" },
      },
      "hold bcd23456 for another 60 min",
    ],
    ["acks", { ack: { until: NOW + 3 * HOUR } }, "acknowledged for another 3 h"],
    [
      "warnings",
      { warnings: [{ code: "bad-label", message: "grace is no duration" }] },
      "grace is no duration",
    ],
  ] as const)("shows %s", (_, more: Partial<Diverged>, words) => {
    const html = page(factsOf([diverged("shop-web-1", 12 * MINUTE, more)]));
    expect(text(html)).toContain(words);
    expect(html).toContain('<rect class="used" width="80"');
  });

  it("says what blocks a heal", () => {
    const web = diverged("shop-web-1", HOUR, { healBlockedBy: "quarantine" });
    expect(text(page(factsOf([web])))).toContain("not healed: this image failed here before");
  });

  it("names no command that cannot be typed letter by letter", () => {
    const web = diverged("shop-web-1", HOUR);
    const odd = { ...web, service: "we\u202eb" };
    expect(page(factsOf([odd]))).toContain("Recreate it by hand");
    expect(page(factsOf([odd]))).not.toContain('<div class="cmd">');
  });

  it("says so where there is nothing", () => {
    expect(text(page(factsOf([])))).toContain("No container runs.");
    expect(text(page(factsOf([], {}, { scan: null })))).toContain("No scan has succeeded yet.");
  });
});

describe("a week as a strip", () => {
  const label = (facts: Facts): string => /aria-label="(7 days[^"]*)"/.exec(page(facts))?.[1] ?? "";

  it("says in words what it draws", () => {
    const web = diverged("shop-web-1", HOUR);
    const always = [{ from: NOW - 30 * DAY, to: NOW }];
    expect(label(factsOf([fresh("shop-web-1")], { watched: always }))).toBe("7 days: fresh");
    const stale = { turns_: turns(web, [1, "pending"], [0.75, "stale"]), watched: always };
    expect(label(factsOf([web], stale))).toBe("7 days: stale for 45 min, pending for 15 min");
    expect(label(shopHost())).toBe(
      "7 days: stale for 25 h 45 min, pending for 15 min, not watched for 9 h 36 min, 1 failed to heal",
    );
  });

  it("calls nothing fresh where nobody looked", () => {
    expect(label(factsOf([fresh("shop-web-1")], { watched: [] }, { watching: null }))).toBe(
      "7 days: not watched for 7 d",
    );
  });
});

const FAILING = { end: "postponed", at: NOW - HOUR, error: "503" } as const;

describe("how the watching goes", () => {
  it("is told of engine, scans, channels and outbox", () => {
    const said = text(page(shopHost()));
    expect(said).toContain("shop-host-1: version 28.5.2, API 1.51, classic image store");
    expect(said).toMatch(/the last one 12 s ago, the next in 3 min/);
    expect(said).toContain("slack: delivered 56 min ago");
    expect(said).toContain("email:ops@example.org: delivered 56 min ago");
    expect(said).toContain("nothing waits");
  });

  it.each([
    [
      "a failed scan",
      {},
      { cycle: { startedAt: NOW, endedAt: NOW, failure: "no answer" }, outageSince: NOW - HOUR },
      "The last scan failed: no answer. What stands here is what was seen before.",
    ],
    [
      "a state that cannot be written",
      {},
      { degraded: "the disk is full" },
      "so nothing is healed: the disk is full.",
    ],
    [
      "a damaged state",
      { healingOff: "/var/lib/stalewatch/x" },
      {},
      "a damaged state was set aside as /var/lib/stalewatch/x",
    ],
    [
      "messages that are stuck",
      { waiting: { count: 2, oldest: NOW - 2 * HOUR } },
      {},
      "Messages do not come through",
    ],
    [
      "a channel that fails",
      { deliveries: new Map([["slack", FAILING]]) },
      {},
      "slack: not delivered yet 60 min ago: 503",
    ],
    ["no channel", {}, { channels: [] }, "none: alerts only reach the log"],
  ] as const)("names %s", (_, past, seen, words) => {
    expect(text(page(factsOf([], past, seen))).replace(/ (?=[.,])/g, "")).toContain(words);
  });
});

describe("the history", () => {
  it("has incidents, and heals with their steps and logs", () => {
    const said = text(historyPage({ facts: shopHost(), version: "v", now: NOW }));
    expect(said).toMatch(
      /open shop-web-1 2026-11-24 08:30 UTC , 71 min shop-web:latest was built again; goes on/,
    );
    expect(said).toContain("ended 2026-11-22 06:26 UTC: it runs the newest image");
    expect(said).toMatch(/rolled-back crm-search-1 .* took 34 s, down for 1.2 s/);
    expect(said).toContain("it was unhealthy 4 times in a row");
    expect(said).toMatch(/create \+0.7 s stopped \+1.4 s/);
    expect(said).toContain("no such table: order_items");
    expect(said).toContain("None within the last 7 days.");
  });
});

const KNOWN =
  "!doctype html head meta title link script body a header h1 h2 h3 p span nav main section ul ol li b code div dl dt dd svg defs g use path rect time button pre details summary strong footer".split(
    " ",
  );

describe("a hostile text", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("is text and nothing else: %s", (_, hostile) => {
    const facts = hostileFacts(hostile);
    for (const html of [
      overviewPage({ facts, version: "v", now: NOW }, { verdict: null, project: null }),
      overviewPage(
        { facts, version: "v", now: NOW },
        { verdict: null, project: hostile.slice(0, 200) },
      ),
      historyPage({ facts, version: "v", now: NOW }),
    ]) {
      for (const [, name = ""] of html.matchAll(/<([^\s>/]+)/g)) expect(KNOWN).toContain(name);
      expect(html).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/,
      );
      expect(html.length).toBeLessThan(100_000);
    }
  });
});

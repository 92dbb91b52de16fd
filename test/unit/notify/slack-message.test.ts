import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_TEXT } from "../../../src/domain/explain.ts";
import type { Bulletin, NewsItem } from "../../../src/domain/news.ts";
import { HEAL_BLOCKS } from "../../../src/domain/verdict.ts";
import { slackMessage, type SlackMessage } from "../../../src/notify/slack-message.ts";
import { testBulletin } from "../../../src/notify/test-bulletin.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { slackErrorOf } from "../../harness/slack-sink.ts";
import { effectsOf, UNSEEN } from "./mrkdwn-reader.ts";
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
} from "./news-samples.ts";

function sections({ blocks }: SlackMessage): string[] {
  return blocks.flatMap((block) =>
    block.type === "section" || block.type === "header" ? [block.text.text] : [],
  );
}

function mrkdwnOf({ blocks }: SlackMessage): string {
  return blocks
    .flatMap((block) =>
      "elements" in block ? block.elements : "text" in block ? [block.text] : [],
    )
    .filter(({ type }) => type === "mrkdwn")
    .map(({ text }) => text)
    .join("\n\n");
}

const MARKUP = "< > & * _ ~ ` : ! @ # | ^ / \n \r \u001b a 1".split(" ").concat(" ");
const BENIGN = /^(<!date\^\d+\^\{date_num\} \{time\}\|[-\dT:]+Z>|\*[A-Z][A-Za-z, ]+:\*)$/;
const foreignEffects = (mrkdwn: string): string[] =>
  effectsOf(mrkdwn).filter((effect) => !BENIGN.test(effect));

function expectWithinLimits(message: SlackMessage): void {
  expect(slackErrorOf(message)).toBeNull();
  expect(JSON.stringify(message).length).toBeLessThan(10_000);
  expect(message.blocks.length).toBeLessThanOrEqual(50);
}

describe("a message", () => {
  it.each<[string, NewsItem, string]>([
    ["stale", staleNews(), "1 container stale"],
    ["a reminder", reminderNews(), "1 container still stale"],
    ["resolved", resolvedNews(), "1 container resolved"],
    [
      "an engine that is away",
      { kind: "engine-unreachable", since: NOW, failedScans: 3, cause: "ECONNREFUSED" },
      "the engine gives no answer",
    ],
    [
      "an engine that is back",
      { kind: "engine-back", since: NOW, lasted: 5 * MINUTE },
      "the engine answers again",
    ],
    ["a test", { kind: "test" }, "a test message"],
  ])("of %s leads with the engine's name and says it in words", (_, item, words) => {
    const message = slackMessage(bulletin(item));
    expect(sections(message)[0]).toBe(`host-1: ${words}`);
    expect(message.text.split("\n")[0]).toBe(`host-1: ${words}`);
    expectWithinLimits(message);
  });

  it("of a stale container says what, since when, why, what happens next and what to type", () => {
    const [, section] = sections(slackMessage(bulletin(staleNews())));
    expect(section?.split("\n")).toEqual([
      "*Stale:* `infra2-web-1` (project `infra2`, service `web`) does not run its newest image",
      "images: runs `4f2a91c0d3e5` built <!date^1795166760^{date_num} {time}|2026-11-20T09:26:00Z>; newest is `infra2-web:latest` = `9c01b7e2aa54` built <!date^1795335300^{date_num} {time}|2026-11-22T08:15:00Z>, revision `1f3c9d2`",
      "since: <!date^1795335300^{date_num} {time}|2026-11-22T08:15:00Z> (71 min)",
      "why: infra2-web:latest was built again 71 min ago",
      "next: alert only, nothing is recreated by itself",
      "type:",
      "```docker compose -f /srv/infra2/compose.yml -p infra2 up -d --no-deps --force-recreate web```",
    ]);
  });

  it("says the same in its fallback, without markup and in UTC", () => {
    const { text } = slackMessage(bulletin(staleNews()));
    expect(text.split("\n")).toEqual([
      "host-1: 1 container stale",
      "",
      "Stale: infra2-web-1 (project infra2, service web) does not run its newest image",
      "  images: runs 4f2a91c0d3e5 built 2026-11-20T09:26:00Z; newest is infra2-web:latest = 9c01b7e2aa54 built 2026-11-22T08:15:00Z, revision 1f3c9d2",
      "  since: 2026-11-22T08:15:00Z (71 min)",
      "  why: infra2-web:latest was built again 71 min ago",
      "  next: alert only, nothing is recreated by itself",
      "  type: docker compose -f /srv/infra2/compose.yml -p infra2 up -d --no-deps --force-recreate web",
    ]);
  });

  it.each(HEAL_BLOCKS.filter((block) => block !== "mode"))(
    "tells that %s blocks a heal",
    (block) => {
      const { text } = slackMessage(bulletin(staleNews({ mode: "heal", healBlockedBy: block })));
      expect(text).toContain(`heal blocked by ${block}: ${BLOCK_TEXT[block]}`);
    },
  );

  it("tells when a heal comes that nothing blocks", () => {
    const message = slackMessage(bulletin(staleNews({ mode: "heal", healBlockedBy: null })));
    expect(message.text).toContain(
      "next: it is recreated on its newest image once its grace is over and no newer build comes",
    );
    expect(message.text).not.toContain("alert only");
  });

  it("of a heal says what ran and runs, how long it was down and what was carried over", () => {
    const { text } = slackMessage(bulletin(healedNews()));
    expect(text.split("\n")).toEqual([
      "host-1: 1 container healed",
      "",
      "Healed: infra2-web-1 (project infra2, service web) was recreated and runs its newest image",
      "  images: ran 4f2a91c0d3e5 built 2026-11-20T09:26:00Z; newest is infra2-web:latest = 9c01b7e2aa54 built 2026-11-22T08:15:00Z, revision 1f3c9d2",
      "  since: 2026-11-22T08:15:00Z (71 min)",
      "  downtime: 1.2 s",
      "  carried over: anonymous volume 3f2a91c0d3e5… at /data",
      "  recreated with it: infra2-sidecar-1",
      "  next: nothing is left to do",
    ]);
  });

  it("of a failed heal says why, what runs now, the last lines, and what to type", () => {
    const { text } = slackMessage(bulletin(healFailedNews()));
    expect(text.split("\n").slice(0, 3)).toEqual([
      "host-1: 1 container could not be healed",
      "",
      "Heal failed: infra2-web-1 (project infra2, service web) could not be recreated",
    ]);
    expect(text).toContain("why: it exited with code 3\n  now: the old container runs again\n");
    expect(text).toContain("  log: starting\n  log: no such table: users\n  type: docker compose");
    expect(text).toContain("not tried again here until a newer one is built");
  });

  it("shows only the end of a long log", () => {
    const logs = Array.from({ length: 40 }, (_, i) => `line ${String(i)}`);
    const { text } = slackMessage(bulletin(healFailedNews({ logs })));
    expect(text.match(/log: line \d+/g)).toEqual(
      [34, 35, 36, 37, 38, 39].map((i) => `log: line ${String(i)}`),
    );
  });

  it.each(otherHealNews("x"))("of $kind says why and what happens next", (item) => {
    const { text } = slackMessage(bulletin(item));
    expect(text).toContain("  why: ");
    expect(text).toContain("  next: ");
    expect(text).toContain("  type: ");
  });

  it("names the container to look at where no remedy is known", () => {
    const whose = affected({ container: "db", project: null, service: null });
    const message = slackMessage(bulletin(staleNews({ affected: whose, remedy: null })));
    expect(message.text).toContain("Stale: db does not run");
    expect(sections(message)[1]).toContain("```stalewatch check db```");
  });

  it("does not make up a build time", () => {
    const whose = affected({ running: { ...affected().running, createdAt: null } });
    const { text } = slackMessage(bulletin(staleNews({ affected: whose })));
    expect(text).toContain("runs 4f2a91c0d3e5 built nobody knows when;");
  });

  it("tells how an incident ended and how long it lasted", () => {
    const { text } = slackMessage(bulletin(resolvedNews()));
    expect(text).toContain("how: infra2-web-1 runs infra2-web:latest as built last");
    expect(text).toContain("lasted: 2 h 5 min, since 2026-11-22T07:21:00Z");
  });

  it("groups by kind, whatever the order of the news", () => {
    const items = [resolvedNews(), staleNews(), { kind: "test" } as const, staleNews()];
    const starts = sections(slackMessage(bulletin(...items))).map((text) => text.split(" ")[0]);
    expect(starts).toEqual(["host-1:", "*Stale:*", "*Stale:*", "*Resolved:*", "*Test:*"]);
  });

  it("carries every open incident of a reminder in one block", () => {
    const items = ["a", "b", "c"].map((container) =>
      reminderNews({ affected: affected({ container }) }),
    );
    const [, only, ...others] = sections(slackMessage(bulletin(...items)));
    expect(others).toEqual([]);
    expect(only?.match(/\*Still stale:\* `[abc]`/g)).toHaveLength(3);
  });

  it("shows only the first warnings, and says so", () => {
    const { text } = slackMessage(bulletin(staleNews({ warnings: ["w1", "w2", "w3", "w4"] })));
    expect(text).toContain("warning: w2\n  warnings left out: 2");
  });

  it("is the same for the same bulletin", () => {
    const one = bulletin(staleNews(), resolvedNews());
    expect(slackMessage(one)).toEqual(slackMessage(structuredClone(one)));
  });

  it("of a test says that nothing is wrong", () => {
    expect(slackMessage(testBulletin("host-1", NOW)).text).toContain("nothing is wrong");
  });

  it("stands even where there is nothing to say and nobody to say it of", () => {
    expectWithinLimits(slackMessage({ engine: " ", at: NOW, items: [] }));
  });
});

describe("a message of too much", () => {
  const long = (i: number): NewsItem =>
    staleNews({ affected: affected({ container: `${"long-name-".repeat(12)}${String(i)}` }) });
  const many = Array.from({ length: 500 }, (_, i) => long(i));

  it("says how many of 500 stale containers it leaves out, and where to see them", () => {
    const message = slackMessage(bulletin(...many));
    expectWithinLimits(message);
    const texts = sections(message);
    expect(texts[0]).toBe("host-1: 500 containers stale");
    const full = texts.filter((text) => text.startsWith("*Stale:*")).length;
    const closing = texts.at(-1) ?? "";
    const named = closing.match(/`long-name/g)?.length ?? 0;
    const leftOut = Number(/and (\d+) more, left out here/.exec(closing)?.[1]);
    expect(full).toBeGreaterThanOrEqual(4);
    expect(named).toBeGreaterThanOrEqual(20);
    expect(full + named + leftOut).toBe(500);
    expect(closing).toContain("`stalewatch check` lists them all");
    expect(message.text).toMatch(/and \d+ more, left out here. stalewatch check lists them all/);
  });

  it("does not let them crowd out the one that was resolved", () => {
    const message = slackMessage(bulletin(...many, resolvedNews()));
    expectWithinLimits(message);
    expect(sections(message).at(-1)).toContain("*Resolved:* `infra2-web-1`");
    expect(message.text).toContain("Resolved: infra2-web-1");
  });

  it("keeps a reminder of 500 in one block", () => {
    const items = many.map((item) => ({ ...item, kind: "reminder", count: 1 }) as NewsItem);
    const message = slackMessage(bulletin(...items));
    expectWithinLimits(message);
    expect(sections(message)).toHaveLength(2);
  });

  it("keeps to 50 blocks with hundreds of short pieces of news of every kind", () => {
    const items = Array.from({ length: 300 }, (): NewsItem[] => [
      resolvedNews({ detail: "x" }),
      { kind: "test" },
      { kind: "engine-back", since: NOW, lasted: 1 },
    ]).flat();
    expectWithinLimits(slackMessage(bulletin(...items)));
  });

  it("is made in no time", () => {
    const started = performance.now();
    slackMessage(bulletin(...many));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("hostile texts", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("%s do nothing in any place", (_, text) => {
    const message = slackMessage({ engine: text, at: NOW, items: hostileNews(text) });
    expectWithinLimits(message);
    expect(foreignEffects(mrkdwnOf(message))).toEqual([]);
    expect(effectsOf(message.text)).toEqual([]);
    expect(mrkdwnOf(message) + message.text).not.toMatch(UNSEEN);
    expect(sections(message)[0]).not.toMatch(/[<>\n]/);
  });

  it(
    "change nothing in what a message does, however they are put together",
    {
      timeout: 60_000,
    },
    () => {
      const texts = fc.oneof(
        fc.constantFrom(...Object.values(HOSTILE_TEXTS)),
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.array(fc.constantFrom(...MARKUP), { maxLength: 30 }).map((all) => all.join("")),
      );
      const bulletins = fc.array(texts, { minLength: 1, maxLength: 12 }).map((all): Bulletin => ({
        engine: all[0] ?? "",
        at: NOW,
        items: all.flatMap(hostileNews),
      }));
      fc.assert(
        fc.property(bulletins, (one) => {
          const message = slackMessage(one);
          expectWithinLimits(message);
          expect(foreignEffects(mrkdwnOf(message))).toEqual([]);
          expect(effectsOf(message.text)).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );
});

import { describe, expect, it } from "vitest";
import { accountOf, type HealAccount } from "../../../../src/domain/heal/heal-news.ts";
import { HEAL_OUTCOMES, healEnd, type HealOutcome } from "../../../../src/domain/heal/record.ts";
import type { HealEnd } from "../../../../src/domain/heal/record.ts";
import type { NewsItem } from "../../../../src/domain/news.ts";
import { paragraphOf } from "../../../../src/notify/wording.ts";
import { incident } from "../../../integration/state/records.ts";
import { affected } from "../../notify/news-samples.ts";
import { at, minutes } from "../builders.ts";
import { healCase } from "./samples.ts";

const NOW = at("12:40");
const OPEN = incident();
const EXTRAS = { carried: ["anonymous volume 3f2a… at /data"], dependents: ["sidecar"] };

function account(end: HealEnd, open: typeof OPEN | null = OPEN): HealAccount {
  return accountOf(healCase(), end, EXTRAS, open, NOW);
}

const kinds = ({ news }: HealAccount): string[] => news.map(({ kind }) => kind);

describe("the end of a heal", () => {
  it.each<[HealOutcome, told: string[], ends: "fresh" | null]>([
    ["healed", ["healed", "resolved"], "fresh"],
    ["rolled-back", ["heal-failed"], null],
    ["failed", ["heal-failed"], null],
    ["left", ["heal-failed"], null],
    ["lost", ["heal-failed"], null],
    ["refused", ["heal-refused"], null],
    ["discarded", [], null],
  ])("with an open incident: %s", (outcome, told, resolution) => {
    const made = account(healEnd(outcome, "so it went"));
    expect(kinds(made)).toEqual(told);
    expect(made.incident?.resolution ?? null).toBe(resolution);
    expect(made.news.map((item) => "incident" in item && item.incident)).toEqual(
      told.map(() => OPEN.id),
    );
  });

  it.each<[HealOutcome, told: string[]]>([
    ["healed", ["healed"]],
    ["rolled-back", ["heal-failed"]],
    ["failed", ["heal-failed"]],
    ["left", ["heal-failed"]],
    ["lost", ["heal-failed"]],
    ["refused", ["heal-refused"]],
    ["discarded", []],
  ])("without one: %s", (outcome, told) => {
    const made = account(healEnd(outcome, "so it went"), null);
    expect(kinds(made)).toEqual(told);
    expect(made.incident).toBeNull();
    expect(made.news.map((item) => "incident" in item && item.incident)).toEqual(
      told.map(() => "h-1"),
    );
  });

  it("is not the end of the incident where the tag has moved meanwhile", () => {
    const made = account(healEnd("healed", "runs what app:1 meant before", { outdated: true }));
    expect(kinds(made)).toEqual(["healed"]);
    expect(made.incident).toBeNull();
  });

  it("every outcome has its rows above", () => {
    expect(HEAL_OUTCOMES).toHaveLength(7);
  });
});

describe("a heal that succeeded", () => {
  const end = healEnd("healed", "runs infra2-web:latest as built last", {
    downtime: 1240,
    warnings: ["web: its init differs"],
  });

  it("tells from what to what, for how long it was down, what was carried over and recreated with it", () => {
    expect(account(end).news[0]).toEqual({
      kind: "healed",
      incident: OPEN.id,
      affected: affected(),
      divergedSince: at("12:00"),
      heal: "h-1",
      downtime: 1240,
      ...EXTRAS,
      warnings: ["web: its init differs"],
    });
  });

  it("ends the incident, with how it ended and how long it lasted", () => {
    const { incident: ended, news } = account(end);
    expect(ended).toEqual({ ...OPEN, resolvedAt: NOW, resolution: "fresh" });
    expect(news[1]).toEqual({
      kind: "resolved",
      incident: OPEN.id,
      affected: affected(),
      divergedSince: at("12:00"),
      resolution: "fresh",
      detail: "healed: runs infra2-web:latest as built last",
      lasted: minutes(40),
    });
  });

  it("lasted no negative time after the clock was set back", () => {
    const late = incident({ divergedSince: NOW + minutes(60) });
    expect(account(end, late).news[1]).toMatchObject({ lasted: 0 });
  });
});

/** The line of a message that says what comes next. */
function nextOf(item: NewsItem | undefined): string {
  if (item === undefined) return "";
  const lines = paragraphOf(item, NOW).details.map((phrase) =>
    phrase.map((piece) => ("text" in piece ? piece.text : "")).join(""),
  );
  return lines.find((line) => line.startsWith("next: ")) ?? "";
}

describe("a heal that did not", () => {
  it("tells why, what runs now, and the last words of what failed", () => {
    const end = healEnd("rolled-back", "it exited with code 3", {
      quarantine: true,
      logs: ["no such table: users"],
    });
    expect(account(end).news).toEqual([
      {
        kind: "heal-failed",
        incident: OPEN.id,
        affected: affected(),
        divergedSince: at("12:00"),
        remedy: "docker compose up -d web",
        heal: "h-1",
        reason: "it exited with code 3",
        outcome: "the old container runs again, on 4f2a91c0d3e5",
        quarantined: true,
        logs: ["no such table: users"],
      },
    ]);
  });

  it.each<[HealOutcome, string]>([
    ["rolled-back", "the old container runs again, on 4f2a91c0d3e5"],
    ["failed", "the replacement is there, but does not work; the old container is gone"],
    ["left", "stalewatch keeps its hands off what others did meanwhile"],
    ["lost", "nothing of it is left; its definition is kept in the history"],
  ])("says what is there now: %s", (outcome, text) => {
    expect(account(healEnd(outcome, "so it went")).news[0]).toMatchObject({ outcome: text });
  });

  it.each<[string, HealOutcome, Partial<HealEnd>, "daemon" | "command", string]>([
    [
      "the image is to blame",
      "rolled-back",
      { quarantine: true },
      "daemon",
      "next: this image is not tried again here until a newer one is built, or somebody forces it",
    ],
    ["it was cut off", "rolled-back", {}, "daemon", "next: it is tried again later"],
    [
      "a person's was cut off",
      "rolled-back",
      {},
      "command",
      "next: it is tried again later if its mode is heal",
    ],
    [
      "the old container is gone",
      "failed",
      {},
      "daemon",
      "next: nothing happens by itself, somebody has to look at what is there",
    ],
    [
      "others took over",
      "left",
      {},
      "daemon",
      "next: nothing happens by itself, somebody has to look at what is there",
    ],
    [
      "both are gone",
      "lost",
      {},
      "daemon",
      "next: nothing happens by itself, somebody has to look at what is there",
    ],
  ])("promises no more than what happens next: %s", (_, outcome, more, by, expected) => {
    const end = healEnd(outcome, "so it went", more);
    const { news } = accountOf(healCase({ by }), end, EXTRAS, OPEN, NOW);
    expect(nextOf(news[0])).toBe(expected);
  });

  it("because it was refused: why, and what to type instead", () => {
    expect(account(healEnd("refused", "its volume data is gone")).news).toEqual([
      {
        kind: "heal-refused",
        incident: OPEN.id,
        affected: affected(),
        divergedSince: at("12:00"),
        reason: "its volume data is gone",
        remedy: "docker compose up -d web",
      },
    ]);
  });
});

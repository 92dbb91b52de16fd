import { describe, expect, it } from "vitest";
import type { HealOutcome } from "../../../../src/domain/heal/record.ts";
import { isToldRefusal, restsUntil, type PastHeal } from "../../../../src/domain/heal/rest.ts";
import { at, clockOf, imageNamed, minutes } from "../builders.ts";

const V2 = imageNamed("v2");

function past(closed: string, more: Partial<Omit<PastHeal, "closedAt">> = {}): PastHeal {
  return { outcome: "rolled-back", detail: "it fell", newest: V2, closedAt: at(closed), ...more };
}

/** Newest first. */
function wait(heals: readonly PastHeal[], grace = minutes(15)): string {
  const until = restsUntil(heals, V2, grace);
  return until === null ? "none" : clockOf(until);
}

describe("after heals that came to nothing a subject rests", () => {
  it.each<[string, string, string]>([
    ["not at all before the first", wait([]), "none"],
    ["for one grace", wait([past("12:00")]), "12:15"],
    ["twice as long after the second", wait([past("12:20"), past("12:00")]), "12:50"],
    [
      "four times as long after the third",
      wait([past("13:00"), past("12:20"), past("12:00")]),
      "14:00",
    ],
    ["for a minute at least", wait([past("12:00")], 0), "12:01"],
    ["for six hours at most", wait(Array.from({ length: 20 }, () => past("12:00"))), "18:00"],
    ["for no longer, whatever the grace", wait([past("12:00")], minutes(24 * 60)), "18:00"],
    [
      "not when a newer image has come meanwhile",
      wait([past("12:00", { newest: imageNamed("v1.9") })]),
      "none",
    ],
    [
      "with only the newest image's failures counted",
      wait([past("12:20"), past("12:00", { newest: imageNamed("v1.9") })]),
      "12:35",
    ],
    ["not after one that succeeded", wait([past("12:00", { outcome: "healed" })]), "none"],
    [
      "with only the failures since then counted",
      wait([past("12:40"), past("12:20", { outcome: "healed" }), past("12:00")]),
      "12:55",
    ],
  ])("%s", (_, until, expected) => {
    expect(until).toBe(expected);
  });

  it.each<HealOutcome>(["rolled-back", "discarded", "failed", "left", "lost", "refused"])(
    "whatever became of it: %s",
    (outcome) => {
      expect(wait([past("12:00", { outcome })])).toBe("12:15");
    },
  );
});

describe("people have heard of a refusal", () => {
  const gone = (more: Partial<PastHeal> = {}): PastHeal =>
    past("12:00", { outcome: "refused", detail: "its volume is gone", ...more });

  it.each<[string, readonly PastHeal[], boolean]>([
    ["when the last one was the same", [gone()], true],
    ["not before the first", [], false],
    ["not when it was for another reason", [gone({ detail: "it is paused" })], false],
    ["not when it was of another image", [gone({ newest: imageNamed("v1.9") })], false],
    ["not when something else came in between", [past("12:10"), gone()], false],
  ])("%s", (_, heals, isTold) => {
    expect(isToldRefusal(heals, V2, "its volume is gone")).toBe(isTold);
  });
});

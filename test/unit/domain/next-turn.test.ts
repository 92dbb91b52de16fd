import { describe, expect, it } from "vitest";
import { nextTurn } from "../../../src/domain/next-turn.ts";
import type { Judgement } from "../../../src/domain/verdict.ts";
import { at, clockOf, hold } from "./builders.ts";
import { excludedOne, freshOne, staleOne, untrackedOne } from "./heal/samples.ts";

const NOW = at("12:10");
const pending = (name: string, ends: string): Judgement =>
  staleOne(name, { verdict: "pending", graceEndsAt: at(ends), healReadyAt: at("13:00") });

describe("time alone changes something next", () => {
  it.each<[string, Judgement[], string | null]>([
    ["never, where nothing is diverged", [freshOne(), untrackedOne(), excludedOne()], null],
    ["when a grace ends", [pending("web", "12:15")], "12:15"],
    ["when the first of several ends", [pending("a", "12:40"), pending("b", "12:20")], "12:20"],
    [
      "when a heal becomes due",
      [staleOne("web", { graceEndsAt: at("12:00"), healReadyAt: at("12:30") })],
      "12:30",
    ],
    [
      "not when a heal would that something forbids",
      [staleOne("web", { graceEndsAt: at("12:00"), healReadyAt: at("12:30"), blocks: ["mode"] })],
      null,
    ],
    [
      "when a hold ends",
      [
        staleOne("web", {
          graceEndsAt: at("12:00"),
          hold: hold({ project: "shop" }, "12:25"),
          blocks: ["hold"],
        }),
      ],
      "12:25",
    ],
    [
      "never, where all of it is over",
      [staleOne("web", { graceEndsAt: at("12:00"), healReadyAt: at("12:05") })],
      null,
    ],
  ])("%s", (_, judgements, turn) => {
    const found = nextTurn(judgements, NOW);
    expect(found === null ? null : clockOf(found)).toBe(turn);
  });
});

import { describe, expect, it } from "vitest";
import { withBreaker } from "../../../src/domain/blocks.ts";
import { breakerNews } from "../../../src/domain/breaker-news.ts";
import type { Judgement } from "../../../src/domain/verdict.ts";
import { at } from "./builders.ts";
import { freshOne, staleOne } from "./heal/samples.ts";

const LIMIT = 2;

/** That many services due, in the order in which an engine may list them. */
function due(...services: readonly string[]): Judgement[] {
  return withBreaker<Judgement>(
    [freshOne("calm"), ...services.map((name) => staleOne(name))],
    LIMIT,
    at("12:20"),
  );
}

/** Plays scans one after the other: whom each one names, `-` for nothing said. */
function played(...scans: readonly Judgement[][]): string[] {
  let told = false;
  return scans.map((judgements) => {
    const step = breakerNews(judgements, { limit: LIMIT, told });
    told = step.told;
    return step.news === null ? "-" : step.news.due.join(" ");
  });
}

describe("the breaker's alert", () => {
  it.each<[string, string[], string[]]>([
    ["is not sent for as many as it allows", played(due("a", "b")), ["-"]],
    ["names all that are due, by name", played(due("c", "a", "b")), ["a b c"]],
    [
      "is sent once, not once per scan",
      played(due("a", "b", "c"), due("a", "b", "c"), due("a", "b", "c", "d")),
      ["a b c", "-", "-"],
    ],
    [
      "is sent again when it had been in order in between",
      played(due("a", "b", "c"), due("a"), due("a", "b", "c")),
      ["a b c", "-", "a b c"],
    ],
    ["is not sent where nothing is due", played(due()), ["-"]],
  ])("%s", (_, said, expected) => {
    expect(said).toEqual(expected);
  });

  it("says how many it allows", () => {
    const { news } = breakerNews(due("a", "b", "c"), { limit: LIMIT, told: false });
    expect(news).toEqual({ kind: "breaker", limit: LIMIT, due: ["a", "b", "c"] });
  });
});

import { expect, it } from "vitest";
import type { Judgement } from "../../../src/domain/verdict.ts";
import { overviewPage } from "../../../src/status/page/frame.ts";
import { diverged, factsOf, fresh, HOUR, NOW, turns, type PastSketch } from "./samples.ts";

/** As long as names are on hosts of many projects: `customer-portal-042-web-frontend-1`. */
const NAMES = Array.from(
  { length: 1000 },
  (_, i) => `project${String(i % 50).padStart(3, "0")}-webfrontend${String(i)}-1`,
);

function pageOf(judgements: readonly Judgement[], past: PastSketch = {}): string {
  const facts = factsOf(judgements, past);
  return overviewPage({ facts, version: "v", now: NOW }, { verdict: null, project: null });
}

/** A week in which it was stale for a while on every day, each container at another time. */
const badWeeks = NAMES.flatMap((name, i) =>
  [150, 126, 102, 78, 54, 30, 6].flatMap((hour) =>
    turns(
      fresh(name),
      [hour + i / 100, "pending"],
      [hour + i / 100 - 0.25, "stale"],
      [hour + i / 100 - 1, "fresh"],
    ),
  ),
);

it.each([
  ["fresh", NAMES.map((name) => fresh(name)), {}],
  ["stale", NAMES.map((name) => diverged(name, HOUR)), {}],
  ["every tenth stale", NAMES.map((name, i) => (i % 10 ? fresh(name) : diverged(name, HOUR))), {}],
  ["fresh after a bad week", NAMES.map((name) => fresh(name)), { turns_: badWeeks }],
])("a page of 1,000 containers is below 500 kB and has all of them: %s", (_, judgements, past) => {
  const page = pageOf(judgements, past);
  expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  expect(page.match(/<li class="c /g)).toHaveLength(1000);
});

it("a page of 20,000 containers is so, too, and says how many it leaves out", () => {
  const judgements = Array.from({ length: 20_000 }, (_, i) => fresh(`shop-web${String(i)}-1`));
  const page = pageOf(judgements);
  expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  const shown = page.match(/<li class="c /g)?.length ?? 0;
  expect(page).toContain(`… and ${String(20_000 - shown)} more`);
});

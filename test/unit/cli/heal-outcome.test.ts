import { describe, expect, it } from "vitest";
import { healExit, outcomeOf } from "../../../src/cli/heal-outcome.ts";
import type { CommandPlan } from "../../../src/cli/heal-plan.ts";
import { passedOver, type HealRun } from "../../../src/cli/heal-runs.ts";
import { planHeals } from "../../../src/domain/heal/plan.ts";
import { healEnd, type HealOutcome } from "../../../src/domain/heal/record.ts";
import type { ReadyHeal } from "../../../src/heal/healer.ts";
import { healRecord } from "../../integration/state/heal-records.ts";
import { freshOne, relations, staleOne, target } from "../domain/heal/samples.ts";

function readyOf(container: string): ReadyHeal {
  const [planned] = planHeals({
    targets: [target(container)],
    relations: [relations(container)],
    methodOf: () => "engine",
    cleanup: false,
  }).heals;
  if (planned === undefined) throw new Error("nothing was planned");
  return { planned, record: healRecord({ id: `h-${container}`, container }), warnings: [] };
}

const ran = (outcome: HealOutcome, container = "web"): HealRun => ({
  kind: "ran",
  ready: readyOf(container),
  end: healEnd(outcome, "so it went"),
});
const left: HealRun = { kind: "left", ready: readyOf("api") };
const nothing: HealRun = {
  kind: "nothing",
  nothing: { judgement: freshOne("db"), reason: "runs the newest local build of db:latest" },
};
const REFUSAL = { judgement: staleOne("cron"), reason: "it is paused", remedy: null };
const refused: HealRun = { kind: "refused", refusal: REFUSAL };

function plan(changes: Partial<CommandPlan> = {}): CommandPlan {
  return {
    ready: [readyOf("web"), readyOf("api")],
    refused: [],
    nothing: [],
    judgements: [],
    ...changes,
  };
}

describe("the exit code", () => {
  it.each<[string, CommandPlan, HealRun[], number]>([
    ["all healed", plan(), [ran("healed"), ran("healed", "api")], 0],
    ["nothing to do", plan({ ready: [] }), [], 0],
    ["a dry run", plan(), [], 0],
    ["done by others meanwhile", plan(), [nothing], 0],
    ["one rolled back", plan(), [ran("healed"), ran("rolled-back", "api")], 1],
    ["one failed for good", plan(), [ran("failed")], 1],
    ["one left to others", plan(), [ran("left")], 1],
    ["one lost", plan(), [ran("lost")], 1],
    ["one refused in the plan", plan({ refused: [REFUSAL] }), [ran("healed")], 2],
    ["one refused in a dry run", plan({ refused: [REFUSAL] }), [], 2],
    ["one refused by the time of its turn", plan(), [ran("healed"), refused], 2],
    ["one refused at its create", plan(), [ran("refused")], 2],
    ["one that changed meanwhile", plan(), [ran("discarded")], 2],
    ["one not begun because of an interruption", plan(), [ran("healed"), left], 3],
    ["a failure goes before a refusal", plan({ refused: [REFUSAL] }), [ran("rolled-back")], 1],
    ["a failure goes before an interruption", plan(), [ran("rolled-back"), left], 1],
    ["an interruption goes before a refusal", plan({ refused: [REFUSAL] }), [left], 3],
  ])("after %s", (_, made, runs, code) => {
    expect(healExit(made, runs)).toBe(code);
  });
});

describe("the outcome", () => {
  it("of a dry run is the plan, with nothing done", () => {
    const { heals } = outcomeOf(plan(), []);
    expect(heals.map(({ record, end }) => [record.container, end])).toEqual([
      ["web", null],
      ["api", null],
    ]);
  });

  it("of a run is what became of each, whether it came to its turn or not", () => {
    const outcome = outcomeOf(plan({ refused: [REFUSAL] }), [
      ran("healed"),
      left,
      nothing,
      refused,
    ]);
    expect(outcome.heals.map(({ record, end }) => [record.container, end?.outcome])).toEqual([
      ["web", "healed"],
      ["api", undefined],
    ]);
    expect(outcome.refused).toEqual([REFUSAL, REFUSAL]);
    expect(outcome.nothing.map(({ judgement }) => judgement.container.name)).toEqual(["db"]);
  });
});

describe("a heal that did not run is told of", () => {
  it.each<[string, HealRun, ReturnType<typeof passedOver>]>([
    ["ran", ran("healed"), null],
    ["interrupted", left, { name: "api", text: "not begun: interrupted" }],
    [
      "done by others",
      nothing,
      { name: "db", text: "nothing to do any more: runs the newest local build of db:latest" },
    ],
    ["refused", refused, { name: "cron", text: "refused: it is paused" }],
  ])("%s", (_, run, expected) => {
    expect(passedOver(run)).toEqual(expected);
  });
});

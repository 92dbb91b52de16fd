import { describe, expect, it } from "vitest";
import { BLOCK_TEXT } from "../../../../src/domain/explain.ts";
import {
  askedTargets,
  dueTargets,
  type AskedAnswer,
  type HealRequest,
} from "../../../../src/domain/heal/targets.ts";
import { HEAL_BLOCKS, type HealBlock, type Judgement } from "../../../../src/domain/verdict.ts";
import { at, hold } from "../builders.ts";
import { excludedOne, freshOne, staleOne, untrackedOne } from "./samples.ts";

const NOW = at("12:20");
const nameOf = ({ judgement }: { readonly judgement: Judgement }): string =>
  judgement.container.name;

describe("what the daemon heals by itself", () => {
  it.each<[string, Judgement, boolean]>([
    ["what is stale and has waited out its heal clock", staleOne(), true],
    ["not what is still pending", staleOne("web", { verdict: "pending" }), false],
    ["not what was built again within the grace", staleOne("web", { healReadyAt: NOW + 1 }), false],
    ["what is ready this very moment", staleOne("web", { healReadyAt: NOW }), true],
    ["not what is fresh", freshOne(), false],
    ["not what is untracked", untrackedOne(), false],
    ["not what is excluded", excludedOne(), false],
  ])("%s", (_, judgement, isDue) => {
    expect(dueTargets([judgement], NOW).map(nameOf)).toEqual(isDue ? ["web"] : []);
  });

  it.each(HEAL_BLOCKS)("not what is blocked: %s", (block) => {
    expect(dueTargets([staleOne("web", { blocks: [block] })], NOW)).toEqual([]);
  });

  it("with its cause", () => {
    expect(dueTargets([staleOne()], NOW)[0]?.cause).toBe("web:latest was built again 20 min ago");
  });
});

/** How a person may ask. */
const REQUESTS = {
  all: { asked: "all", force: false },
  project: { asked: "selection", force: false },
  names: { asked: "names", force: false },
  "names, forced": { asked: "names", force: true },
  "all, forced": { asked: "all", force: true },
} as const satisfies Record<string, HealRequest>;
type Asking = keyof typeof REQUESTS;

function answer(judgement: Judgement, asking: Asking): AskedAnswer["kind"] | "passed over" {
  return askedTargets([judgement], REQUESTS[asking], NOW)[0]?.kind ?? "passed over";
}

/** heal · refused · nothing · passed over, for each way to ask. */
type Answers = readonly [
  all: string,
  project: string,
  names: string,
  namesForced: string,
  allForced: string,
];

function answers(judgement: Judgement): Answers {
  return [
    answer(judgement, "all"),
    answer(judgement, "project"),
    answer(judgement, "names"),
    answer(judgement, "names, forced"),
    answer(judgement, "all, forced"),
  ];
}

describe("what a person asks for: all, a project, names, names with --force, all with --force", () => {
  it.each<[string, Judgement, Answers]>([
    ["stale, mode heal", staleOne(), ["heal", "heal", "heal", "heal", "heal"]],
    [
      "stale, mode alert",
      staleOne("web", { mode: "alert", blocks: ["mode"] }),
      ["passed over", "heal", "heal", "heal", "passed over"],
    ],
    [
      "pending, mode heal",
      staleOne("web", { verdict: "pending" }),
      ["passed over", "heal", "heal", "heal", "passed over"],
    ],
    [
      "pending, mode alert",
      staleOne("web", { verdict: "pending", mode: "alert", blocks: ["mode"] }),
      ["passed over", "heal", "heal", "heal", "passed over"],
    ],
    ["fresh", freshOne(), ["passed over", "nothing", "nothing", "heal", "passed over"]],
    ["untracked", untrackedOne(), ["passed over", "nothing", "refused", "refused", "passed over"]],
    ["excluded", excludedOne(), ["passed over", "nothing", "refused", "refused", "passed over"]],
  ])("%s", (_, judgement, expected) => {
    expect(answers(judgement)).toEqual(expected);
  });

  it.each<[HealBlock, Answers]>([
    ["mode", ["heal", "heal", "heal", "heal", "heal"]],
    ["window", ["heal", "heal", "heal", "heal", "heal"]],
    ["breaker", ["heal", "heal", "heal", "heal", "heal"]],
    ["stateful", ["heal", "heal", "heal", "heal", "heal"]],
    ["pulled", ["heal", "heal", "heal", "heal", "heal"]],
    ["rolled-back", ["refused", "heal", "heal", "heal", "refused"]],
    ["identity-unknown", ["refused", "heal", "heal", "heal", "refused"]],
    ["hold", ["refused", "refused", "refused", "heal", "heal"]],
    ["quarantine", ["refused", "refused", "refused", "heal", "heal"]],
    ["deploy-under-way", ["refused", "refused", "refused", "refused", "refused"]],
    ["auto-remove", ["refused", "refused", "refused", "refused", "refused"]],
    ["not-clonable", ["refused", "refused", "refused", "refused", "refused"]],
  ])("blocked: %s", (block, expected) => {
    expect(answers(staleOne("web", { blocks: [block] }))).toEqual(expected);
  });

  it("every block has its row above", () => {
    expect(HEAL_BLOCKS).toHaveLength(12);
  });

  it("the block that binds is named, not one that does not", () => {
    const judgement = staleOne("web", { blocks: ["mode", "hold", "stateful"] });
    expect(askedTargets([judgement], REQUESTS.names, NOW)).toEqual([
      { kind: "refused", judgement, reason: BLOCK_TEXT.hold },
    ]);
    expect(answer(judgement, "names, forced")).toBe("heal");
  });

  it("of several, each by itself", () => {
    const all = [staleOne("a"), freshOne("b"), staleOne("c", { blocks: ["hold"] })];
    const said = askedTargets(all, REQUESTS.names, NOW).map((one) =>
      one.kind === "heal" ? `heal ${nameOf(one.target)}` : `${one.kind} ${nameOf(one)}`,
    );
    expect(said).toEqual(["heal a", "nothing b", "refused c"]);
  });
});

describe("the cause of a heal that was asked for", () => {
  const causeOf = (judgement: Judgement, asking: Asking): string => {
    const [one] = askedTargets([judgement], REQUESTS[asking], NOW);
    if (one === undefined) return "";
    return one.kind === "heal" ? one.target.cause : one.reason;
  };

  it.each<[string, string, string]>([
    ["stale", causeOf(staleOne(), "names"), "web:latest was built again 20 min ago"],
    [
      "fresh and forced",
      causeOf(freshOne(), "names, forced"),
      "it was forced: runs the newest local build of web:latest",
    ],
    ["fresh", causeOf(freshOne(), "names"), "runs the newest local build of web:latest"],
    [
      "untracked",
      causeOf(untrackedOne(), "names"),
      "no local image has the tag it follows (web:latest)",
    ],
    ["excluded", causeOf(excludedOne(), "names"), "its label stalewatch.enable=false says so"],
    [
      "held",
      causeOf(
        staleOne("web", { hold: hold({ project: "shop" }, "13:00"), blocks: ["hold"] }),
        "names",
      ),
      "a hold is on it",
    ],
  ])("%s", (_, cause, expected) => {
    expect(cause).toBe(expected);
  });
});

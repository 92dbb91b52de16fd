import { describe, expect, it } from "vitest";
import { IMMORTAL, life, type Life } from "../../harness/heal/mortal.ts";
import { EXHAUSTIVE, sampled } from "../../harness/heal/sampled.ts";
import { expectServing, modelStage, serving, WEB, type ModelStageOptions } from "./model/stage.ts";

const ALONE: readonly (readonly [string, ModelStageOptions])[] = [
  ["that would succeed", {}],
  ["with the restart policy always", { restart: "always" }],
  ["with a folder of the host", { bound: true }],
  ["whose replacement exits at once", { behaviour: "exits" }],
];
const ALONE_AND_SOUND = ALONE.filter(([, { behaviour }]) => behaviour === undefined);
const FAMILIES: readonly (readonly [string, ModelStageOptions])[] = [
  ["with dependents", { dependents: true }],
  ["with a folder of the host, and dependents", { bound: true, dependents: true }],
  ["with dependents and the restart policy always", { dependents: true, restart: "always" }],
  [
    "with dependents, whose replacement does not start",
    { dependents: true, behaviour: "does not start" },
  ],
  [
    "whose dependents fail",
    { dependents: true, restart: "unless-stopped", dependentsBehaviour: "exits" },
  ],
];

/** A heal that is killed, and a recovery that is. */
async function killed(
  options: ModelStageOptions,
  first: Life,
  second: Life = IMMORTAL,
): Promise<void> {
  const stage = await modelStage(options);
  await stage.heal(first);
  await stage.recover(second);
  await stage.recoverAll();
  const when = `killed at ${String(first.diedAt())}, then at ${String(second.diedAt())}`;
  expectServing(stage, options, when);
}

/** How many steps there are for a life that is long enough. */
async function stepsOf(live: (life: Life) => Promise<unknown>): Promise<number> {
  let steps = 0;
  const count = (): void => {
    steps++;
  };
  await live({ step: count, diedAt: () => null });
  return steps;
}

describe("everything serves, with its data, after a heal", () => {
  it.each([...ALONE, ...FAMILIES])("%s, cut off at any step", async (_, options) => {
    const steps = await stepsOf(async (life) => (await modelStage(options)).heal(life));
    for (let n = 0; n < steps; n++) await killed(options, life(n));
    expect(steps).toBeGreaterThan(20);
  });

  it.each(ALONE)("%s, cut off at any step, and its recovery as well", async (_, options) => {
    const steps = await stepsOf(async (life) => (await modelStage(options)).heal(life));
    for (let n = 0; n < steps; n++) {
      const recovery = await recoverySteps(options, n);
      for (let m = 0; m < recovery; m++) await killed(options, life(n), life(m));
    }
  });

  it.each(FAMILIES)(
    "%s, cut off at any step, and its recovery at some",
    async (_, options) => {
      const steps = await stepsOf(async (life) => (await modelStage(options)).heal(life));
      for (const [n, part] of sampled(steps, EXHAUSTIVE ? 1000 : 100, 150)) {
        const recovery = await recoverySteps(options, n);
        const m = EXHAUSTIVE ? part : Math.floor((part / 100) * recovery);
        if (m < recovery) await killed(options, life(n), life(m));
      }
    },
    EXHAUSTIVE ? 3_600_000 : 60_000,
  );
});

describe("an engine that dies while the old container is being removed", () => {
  it.each(ALONE_AND_SOUND)(
    "leaves one that can only be removed: a heal %s, cut off at any step, goes on without it",
    async (_, options) => {
      const steps = await stepsOf(async (life) => (await modelStage(options)).heal(life));
      const deaths: string[] = [];
      for (let n = 0; n < steps; n++) {
        const stage = await modelStage(options);
        const own = life(n);
        await stage.heal(own);
        const old = stage.engine.find(WEB);
        if (old?.image !== "sha256:old" || old.status !== "exited") continue;
        old.status = "dead";
        await stage.recoverAll();
        deaths.push(String(own.diedAt()));
        expect(stage.describe(), own.diedAt() ?? "").toEqual(serving("new", options));
      }
      expect(deaths).toContain("before remove");
    },
  );
});

describe("a person who removes the old container before the next process comes", () => {
  it.each(ALONE_AND_SOUND)(
    "leaves the replacement or nothing, of a heal %s",
    async (_, options) => {
      const steps = await stepsOf(async (life) => (await modelStage(options)).heal(life));
      const [nothing, healed] = [["web is gone"], serving("new", options)];
      for (let n = 0; n < steps; n++) {
        const stage = await modelStage(options);
        const own = life(n);
        await stage.heal(own);
        if (stage.engine.find(WEB)?.image !== "sha256:old") continue;
        stage.engine.forceRemove(WEB);
        await stage.recoverAll();
        // What was created to look for a folder of the host is none.
        expect([nothing, healed], own.diedAt() ?? "").toContainEqual(stage.describe());
      }
    },
  );
});

async function recoverySteps(options: ModelStageOptions, n: number): Promise<number> {
  const stage = await modelStage(options);
  await stage.heal(life(n));
  return stepsOf((life) => stage.recover(life));
}

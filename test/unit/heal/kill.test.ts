import { describe, expect, it } from "vitest";
import { life } from "../../harness/heal/mortal.ts";
import { expectServing, modelStage, type ModelStageOptions } from "./model/stage.ts";

const CASES: readonly (readonly [string, ModelStageOptions])[] = [
  ["that would succeed", {}],
  ["with the restart policy always", { restart: "always" }],
  ["whose replacement exits at once", { behaviour: "exits" }],
  ["with dependents", { dependents: true }],
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

describe("everything serves, with its data, after a heal", () => {
  it.each(CASES)("%s, cut off at any step", async (_, options) => {
    for (let n = 0; ; n++) {
      const stage = await modelStage(options);
      const process = life(n);
      await stage.heal(process);
      await stage.recoverAll();
      expectServing(stage, options, `killed at step ${n}: ${String(process.diedAt())}`);
      if (process.diedAt() === null) break;
      expect(n).toBeLessThan(1000);
    }
  });

  it.skip.each(CASES)(
    "%s, cut off at any step, and the recovery at any of its own",
    async (_, options) => {
      for (let n = 0, lived = false; !lived; n++)
        for (let m = 0; ; m++) {
          const stage = await modelStage(options);
          const [first, second] = [life(n), life(m)];
          await stage.heal(first);
          await stage.recover(second);
          await stage.recoverAll();
          const when = `killed at ${n}: ${String(first.diedAt())}, and at ${m}: ${String(second.diedAt())}`;
          expectServing(stage, options, when);
          lived = first.diedAt() === null;
          if (second.diedAt() === null) break;
        }
    },
  );
});

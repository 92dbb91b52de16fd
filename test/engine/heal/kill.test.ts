import { beforeAll, describe, expect, it } from "vitest";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { life } from "../../harness/heal/mortal.ts";
import { healersOf } from "./healers.ts";
import { expectServing, healStage, stageImages, type StageOptions } from "./stage.ts";

/** Stages at once: enough that the engine's waits overlap. */
const LANES = 4;

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

/** Kills the n-th step for every n that there is, each on a stage of its own, and gives the steps' names. */
async function everyStep(killedAt: (n: number) => Promise<string | null>): Promise<string[]> {
  const points: string[] = [];
  let next = 0;
  let through = false;
  const lane = async (): Promise<void> => {
    while (!through) {
      const n = next++;
      const point = await killedAt(n);
      if (point === null) through = true;
      else points[n] = point;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return points.filter((point) => point !== "");
}

describe("exactly one container serves, with its data, when the heal is killed", () => {
  it.each<[string, StageOptions]>([
    ["at any step of a heal that would succeed", {}],
    ["at any step, with the restart policy always", { restart: "always" }],
    [
      "at any step of a heal whose replacement exits at once",
      { newImage: { cmd: ["sh", "-c", "exit 3"] } },
    ],
  ])(
    "%s",
    async (_, options) => {
      const images = await stageImages(engine, options);
      const points = await everyStep(async (n) => {
        const stage = await healStage(engine, images, options);
        const healers = healersOf(stage);
        const process = life(n);
        await healers.heal({ life: process });
        await healers.recover();
        await expectServing(stage, options, `killed at step ${n}: ${String(process.diedAt())}`);
        await stage.clear();
        healers.remove();
        return process.diedAt();
      });
      expect(points.length).toBeGreaterThan(20);
    },
    300_000,
  );
});

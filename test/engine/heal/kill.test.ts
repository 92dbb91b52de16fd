import { beforeAll, describe, expect, it } from "vitest";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { CRASHING } from "../../harness/heal/crashing.ts";
import { changesOf, IMMORTAL, life, type Life } from "../../harness/heal/mortal.ts";
import { healersOf } from "./healers.ts";
import { atEveryStep, inLanes } from "./lanes.ts";
import { EXHAUSTIVE, sampled } from "../../harness/heal/sampled.ts";
import {
  expectServing,
  healStage,
  QUICKLY,
  stageImages,
  type StageImages,
  type StageOptions,
} from "./stage.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

/** Enough for every way: a shared namespace, one that is shared through it, and volumes. */
const FAMILY: StageOptions = { dependents: ["sidecar", "second", "backup"] };
const MINUTES = 60_000;

/** Dies after looks as well only where everything is tried. */
const dying = (n: number): Life => (EXHAUSTIVE ? life(n) : changesOf(life(n)));

/** One heal, killed, and what the next processes make of it. Returns the step that the first one died of. */
async function killed(
  images: StageImages,
  options: StageOptions,
  first: Life,
  second: Life = IMMORTAL,
): Promise<string | null> {
  const stage = await healStage(engine, images, options);
  const healers = healersOf(stage);
  await healers.heal({ life: first });
  await healers.recover({ life: second });
  await healers.recover();
  const when = `killed at ${String(first.diedAt())}, then at ${String(second.diedAt())}`;
  expect(healers.open(), when).toBe(0);
  await expectServing(stage, options, when);
  await stage.clear();
  healers.remove();
  return first.diedAt();
}

describe("exactly one container serves, with its data, when the heal is killed", () => {
  it(
    "after any entry and any call of a heal that would succeed",
    async () => {
      const images = await stageImages(engine);
      const points = await atEveryStep((n) => killed(images, {}, life(n)));
      expect(points.length).toBeGreaterThan(20);
    },
    10 * MINUTES,
  );

  it.each<[string, StageOptions]>([
    ["with the restart policy always", { ...QUICKLY, restart: "always" }],
    ["whose replacement exits at once", { ...QUICKLY, newImage: CRASHING }],
  ])(
    "after any entry and any call that changes something, of a heal %s",
    async (_, options) => {
      const images = await stageImages(engine, options);
      const points = await atEveryStep((n) => killed(images, options, dying(n)));
      expect(points.length).toBeGreaterThan(12);
    },
    10 * MINUTES,
  );

  it.each<[string, StageOptions, { heal: number; recovery: number; pairs: number }]>([
    [
      "a heal that would succeed",
      { ...QUICKLY, restart: "always" },
      { heal: 36, recovery: 30, pairs: 8 },
    ],
    ["one that fails", { ...QUICKLY, newImage: CRASHING }, { heal: 30, recovery: 24, pairs: 6 }],
    ["one with dependents", FAMILY, { heal: 125, recovery: 110, pairs: 4 }],
    [
      "one with dependents that fails",
      { ...FAMILY, newImage: CRASHING },
      { heal: 40, recovery: 40, pairs: 3 },
    ],
  ])(
    "and the recovery of %s is, at steps of its own",
    async (_, options, { heal, recovery, pairs }) => {
      const images = await stageImages(engine, options);
      await inLanes(sampled(heal, recovery, pairs), ([n, m]) =>
        killed(images, options, life(n), life(m)),
      );
    },
    EXHAUSTIVE ? 600 * MINUTES : 10 * MINUTES,
  );

  it(
    "at steps of a heal with dependents",
    async () => {
      const images = await stageImages(engine, FAMILY);
      await inLanes(sampled(125, 1, 8), ([n]) => killed(images, FAMILY, life(n)));
    },
    EXHAUSTIVE ? 600 * MINUTES : 10 * MINUTES,
  );
});

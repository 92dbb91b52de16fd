import { beforeAll, describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import { removeContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { CRASHING } from "../../harness/heal/crashing.ts";
import {
  disturbed,
  isCall,
  isChange,
  isDone,
  unwritableFrom,
  type Disturbed,
} from "../../harness/heal/mortal.ts";
import { healersOf, type HealerOptions } from "./healers.ts";
import { atEveryStep } from "./lanes.ts";
import {
  expectServing,
  healStage,
  QUICKLY,
  stageImages,
  type HealStage,
  type StageImages,
  type StageOptions,
} from "./stage.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

const ALWAYS: StageOptions = { ...QUICKLY, restart: "always" };
const FAILS: StageOptions = { ...QUICKLY, newImage: CRASHING };
const TIMEOUT = 600_000;

interface Scene {
  readonly stage: HealStage;
  readonly end: HealEnd;
  /** The step at which it happened; null when the heal had ended before. */
  readonly at: string | null;
  readonly when: string;
}

/** One stage for every step at which it can happen. */
async function disturbedAtEveryStep(
  options: StageOptions,
  disturbance: (n: number, stage: HealStage) => HealerOptions & { readonly life: Disturbed },
  check: (scene: Scene) => Promise<void>,
): Promise<readonly string[]> {
  const images: StageImages = await stageImages(engine, options);
  return atEveryStep(async (n) => {
    const stage = await healStage(engine, images, options);
    const healers = healersOf(stage);
    const happens = disturbance(n, stage);
    const end = await healers.heal(happens);
    const at = happens.life.disturbedAt();
    const when = `at ${String(at)}: ${JSON.stringify(end)}`;
    if (end === null) throw new Error(`it was killed ${when}`);
    const scene = { stage, end, at, when };
    await check(scene);
    // What the journal could not be told, the next process finds out and closes.
    await healers.recover();
    expect(healers.open(), when).toBe(0);
    await check(scene);
    await stage.clear();
    healers.remove();
    return at;
  });
}

/** The end says what there is. */
async function expectServingAsTold({ stage, end, when }: Scene): Promise<void> {
  expect(["healed", "rolled-back", "discarded"], when).toContain(end.outcome);
  await expectServing(stage, {}, when, end.outcome === "healed" ? ["new"] : ["old"]);
}

describe("exactly one container serves, with its data, and the end is true", () => {
  it.each<[string, StageOptions]>([
    ["a heal that would succeed", ALWAYS],
    ["one that fails", FAILS],
  ])(
    "when the engine loses any answer to %s",
    async (_, options) => {
      const lose = (): never => {
        throw new StalewatchError("ENGINE_CONNECTION", "the connection broke");
      };
      const points = await disturbedAtEveryStep(
        options,
        (n) => ({ life: disturbed(n, lose, isDone) }),
        expectServingAsTold,
      );
      expect(points).toEqual(expect.arrayContaining(["after create", "after stop", "after start"]));
    },
    TIMEOUT,
  );

  it(
    "when it is told to stop at any entry, before or after any call that changes something",
    async () => {
      await disturbedAtEveryStep(
        ALWAYS,
        (n) => {
          const shutdown = new AbortController();
          const stop = (): void => {
            shutdown.abort(new Error("SIGTERM"));
          };
          return { life: disturbed(n, stop, isChange), signal: shutdown.signal };
        },
        expectServingAsTold,
      );
    },
    TIMEOUT,
  );

  it(
    "when the journal cannot be written from any entry on",
    async () => {
      await disturbedAtEveryStep(
        ALWAYS,
        (n) => ({ life: unwritableFrom(n) }),
        async (scene) => {
          if (scene.at !== null)
            expect(scene.end.warnings.join(), scene.when).toContain("the journal kept it open");
          await expectServingAsTold(scene);
        },
      );
    },
    TIMEOUT,
  );
});

describe("somebody else is at it", () => {
  it(
    "stops it at any call: it runs, or is as they left it",
    async () => {
      await disturbedAtEveryStep(
        QUICKLY,
        (n, { name }) => ({
          life: disturbed(n, () => stopByName(name), isCall),
        }),
        async (scene) => {
          const { stage, end, when } = scene;
          const [one, ...more] = await stage.present();
          expect(more, when).toEqual([]);
          if (one?.state === "running") return expectServingAsTold(scene);
          expect(one, when).toMatchObject({ name: stage.name, state: "exited" });
          expect(one?.image, when).toBe(
            end.outcome === "healed" ? stage.images.new : stage.images.old,
          );
        },
      );
    },
    TIMEOUT,
  );

  it(
    "removes it at any call: it runs anew, or nothing of it is left",
    async () => {
      await disturbedAtEveryStep(
        QUICKLY,
        (n, { name }) => ({ life: disturbed(n, () => removeContainer(engine, name), isCall) }),
        async (scene) => {
          const { stage, end, when } = scene;
          if ((await stage.present()).length > 0) return expectServingAsTold(scene);
          expect(["discarded", "left"], when).toContain(end.outcome);
          expect(end.detail, when).toMatch(/removed/);
        },
      );
    },
    TIMEOUT,
  );
});

async function stopByName(name: string): Promise<void> {
  // In the swap nobody has the name for a moment.
  await engine.docker
    .getContainer(name)
    .stop()
    .catch(() => undefined);
}

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import { recoverHeal } from "../../../src/heal/recover.ts";
import { runHeal, type HealParts } from "../../../src/heal/transaction.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { journalInMemory } from "./journal-in-memory.ts";
import { healStage, type HealStage, type StageOptions } from "./stage.ts";

const LIMITS = { settle: 50, healthTimeout: 5000 };
const NEVER = new AbortController().signal;

let engine: EngineConnection;
let stage: HealStage;
beforeAll(async () => {
  engine = await connectTestEngine();
});
afterEach(() => stage.clear());

class Killed extends Error {
  override readonly name = "Killed";
}

/** A process that is killed at its n-th step: before or after an engine call, or before a journal entry. From then on
 *  nothing it tries does anything, as with SIGKILL. */
function mortal(lives: number): {
  readonly step: (what: string) => void;
  readonly diedAt: () => string | null;
} {
  let left = lives;
  let died: string | null = null;
  return {
    step(what) {
      if (died === null && left-- > 0) return;
      died ??= what;
      throw new Killed(died);
    },
    diedAt: () => died,
  };
}

function mortalEngine(healEngine: HealEngine, step: (what: string) => void): HealEngine {
  const handler: ProxyHandler<HealEngine> = {
    get(target, key, receiver): unknown {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== "function" || typeof key !== "string") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const isLook = /^(?:inspect|has|logs)/.test(key);
        if (!isLook) step(`before ${key}`);
        const answer: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(
          target,
          args,
        );
        step(`after ${key}`);
        return answer;
      };
    },
  };
  return new Proxy(healEngine, handler);
}

const parts = (healEngine: HealEngine): HealParts => ({
  engine: healEngine,
  clock: SYSTEM_CLOCK,
  limits: LIMITS,
});

/** Runs a heal that is killed at its n-th step, and recovers it; null when it got through without being killed. */
async function killedAt(n: number): Promise<string | null> {
  const life = mortal(n);
  const journal = journalInMemory(life.step);
  const record = await stage.record();
  try {
    await runHeal(journal.open(record), parts(mortalEngine(stage.healEngine, life.step)), NEVER);
  } catch (error) {
    if (!(error instanceof Killed) && life.diedAt() === null) throw error;
  }
  if (life.diedAt() === null) return null;
  const after = journalInMemory();
  for (const left of journal.interrupted(record.engine)) {
    const lease = after.open(left.record);
    if (left.replacementId !== null) lease.created(left.replacementId);
    lease.enter(left.phase);
    await recoverHeal(lease, parts(stage.healEngine), NEVER);
  }
  return life.diedAt();
}

async function expectOneServing(): Promise<void> {
  const present = await stage.present();
  expect(present).toHaveLength(1);
  expect(present[0]).toMatchObject({ name: stage.name, state: "running" });
  expect([stage.oldImage, stage.newImage]).toContain(present[0]?.image);
  expect(await stage.data()).toBe("precious");
}

describe("exactly one container serves, with its data, when the heal is killed", () => {
  it.each<[string, StageOptions]>([
    ["at any step of a heal that would succeed", {}],
    ["at any step, with the restart policy always", { restart: "always" }],
    [
      "at any step of a heal whose replacement exits at once",
      { newCommand: ["sh", "-c", "exit 3"] },
    ],
  ])(
    "%s",
    async (_, options) => {
      const points: string[] = [];
      for (let n = 0; ; n++) {
        stage = await healStage(engine, options);
        const point = await killedAt(n);
        await expectOneServing();
        await stage.clear();
        if (point === null) break;
        points.push(point);
      }
      expect(points.length).toBeGreaterThan(20);
    },
    300_000,
  );
});

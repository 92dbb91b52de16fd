import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { SYSTEM_CLOCK } from "../../../../src/daemon/clock.ts";
import type { HealEngine } from "../../../../src/engine/heal-engine.ts";
import type { ComposeCommands } from "../../../../src/heal/compose/commands.ts";
import { endProcess, processesWith } from "../../../../src/heal/compose/marked-processes.ts";
import { recoverComposeHeal } from "../../../../src/heal/compose/recover.ts";
import { runComposeHeal } from "../../../../src/heal/compose/run.ts";
import type { EngineConnection } from "../../../harness/engine.ts";
import { composeForFile, connectTestEngine } from "../../../harness/engines-in-tests.ts";
import { eventually } from "../../../harness/wait.ts";
import { leaseInMemory } from "./lease-in-memory.ts";
import { composeStage, type ComposeStage, type StageOptions } from "./stage.ts";

const NEVER = new AbortController().signal;
const LIMITS = { settle: 50, healthTimeout: 5000 };

let engine: EngineConnection;
let stage: ComposeStage;
beforeAll(async () => {
  engine = await connectTestEngine();
});
afterEach(() => stage.clear());

class Killed extends Error {
  override readonly name = "Killed";
}

/** A process that is killed at its n-th step. From then on nothing it tries does anything, as with SIGKILL. */
interface Life {
  readonly step: (what: string) => void;
  readonly diedAt: () => string | null;
}

function life(steps: number): Life {
  let left = steps;
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

/** Before and after each call that changes something. */
function mortal<T extends object>(target: T, { step, diedAt }: Life): T {
  return new Proxy(target, {
    get(of, key, receiver): unknown {
      const value: unknown = Reflect.get(of, key, receiver);
      if (typeof value !== "function" || typeof key !== "string") return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const isLook = /^(?:inspect|has|logs|list)/.test(key);
        if (!isLook || diedAt() !== null) step(`before ${key}`);
        const answer: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(
          of,
          args,
        );
        if (!isLook) step(`after ${key}`);
        return answer;
      };
    },
  });
}

/** Runs a heal in a process that dies, and then recovers it in another one. Null when it got through. */
async function healAndDie(own: Life, commands: ComposeCommands): Promise<string | null> {
  const lease = leaseInMemory(await stage.record(), own.step);
  const clock = SYSTEM_CLOCK;
  const dying = { clock, limits: LIMITS, commands: mortal(commands, own) };
  const dyingEngine: HealEngine = mortal(stage.healEngine, own);
  try {
    await runComposeHeal(lease, { ...dying, engine: dyingEngine }, NEVER);
  } catch (error) {
    if (own.diedAt() === null) throw error;
  }
  if (own.diedAt() === null) return null;
  const left = leaseInMemory(lease.record, undefined, lease.phase);
  if (lease.end() === null)
    await recoverComposeHeal(
      left,
      { clock, limits: LIMITS, commands: stage.commands, engine: stage.healEngine },
      NEVER,
    );
  return own.diedAt();
}

async function expectOneServing(): Promise<void> {
  const present = await stage.present();
  expect(present).toHaveLength(1);
  expect(present[0]).toMatchObject({ name: stage.container, state: "running" });
  expect([stage.oldImage, stage.newImage]).toContain(present[0]?.image);
  expect(await stage.data()).toBe("precious");
}

const IMAGES: [string, StageOptions][] = [
  ["that would succeed", {}],
  ["whose new image exits at once", { newCommand: ["sh", "-c", "exit 3"] }],
];

describe.each(["1.29", "2.26", "2.40"] as const)(
  "with Compose %s, one container serves",
  (line) => {
    const compose = composeForFile(line);

    it.each(IMAGES)(
      "when the process is killed at any step of a heal %s",
      async (_, options) => {
        stage = await composeStage(engine, compose(), options);
        const points: string[] = [];
        for (let n = 0; ; n++) {
          const point = await healAndDie(life(n), stage.commands);
          await expectOneServing();
          await stage.reset();
          if (point === null) break;
          points.push(point);
        }
        expect(points).toContain("after run");
        expect(points).toContain(options.newCommand ? "after remove" : "close healed");
      },
      600_000,
    );

    it.each(IMAGES)(
      "when Compose and the process are killed at any event of a heal %s",
      async (_, options) => {
        stage = await composeStage(engine, compose(), options);
        let events = 0;
        for (let n = 1; ; n++) {
          const dying = life(2);
          const run = killedAtEvent(n, stage.commands);
          await healAndDie(dying, run.commands);
          await expectOneServing();
          await stage.reset();
          if (!run.killed()) break;
          events = n;
        }
        expect(events).toBeGreaterThan(4);
      },
      600_000,
    );

    it.each(IMAGES)(
      "when Compose alone is killed at any event of a heal %s",
      async (_, options) => {
        stage = await composeStage(engine, compose(), options);
        for (let n = 1; ; n++) {
          const run = killedAtEvent(n, stage.commands);
          await healAndDie(life(1000), run.commands);
          await expectOneServing();
          await stage.reset();
          if (!run.killed()) break;
        }
      },
      600_000,
    );

    it("when Compose outlives the process that started it", async () => {
      stage = await composeStage(engine, compose());
      const own = life(3);
      const { commands } = stage;
      await healAndDie(own, {
        ...commands,
        async run(command, options, signal) {
          const running = commands.run(command, options, signal);
          running.catch(() => undefined);
          await eventually("it runs", async () => (await processesOf(options.mark)).length > 0);
          return { exitCode: null, stdout: "", stderr: "" };
        },
      });
      expect(own.diedAt()).toBe("after run");
      await expectOneServing();
      expect((await stage.present())[0]?.image).toBe(stage.newImage);
    });
  },
);

function processesOf(mark: string | undefined): Promise<readonly number[]> {
  return processesWith("STALEWATCH_HEAL", mark ?? "");
}

/** Compose is killed as soon as the engine tells of its n-th change to the service. */
function killedAtEvent(
  n: number,
  commands: ComposeCommands,
): { readonly commands: ComposeCommands; readonly killed: () => boolean } {
  let killed = false;
  return {
    killed: () => killed,
    commands: {
      ...commands,
      async run(command, options, signal) {
        const filters = { label: [`com.docker.compose.project=${stage.project.name}`] };
        const events = (await engine.docker.getEvents({ filters })) as NodeJS.ReadableStream & {
          destroy(): void;
        };
        let seen = 0;
        events.on("data", () => {
          if (++seen !== n) return;
          killed = true;
          void processesOf(options.mark).then((all) => all.forEach(endProcess));
        });
        try {
          return await commands.run(command, options, signal);
        } finally {
          events.destroy();
        }
      },
    },
  };
}

import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ComposeCommands } from "../../../../src/heal/compose/commands.ts";
import { endProcess, processesWith } from "../../../../src/heal/compose/marked-processes.ts";
import { cannotRecreate, type Compose } from "../../../harness/compose.ts";
import { COMPOSE_LINES, LINES_OF_OUR_DEATHS } from "../../../harness/compose-lines.ts";
import type { ComposeLine } from "../../../harness/compose-packages.ts";
import type { EngineConnection } from "../../../harness/engine.ts";
import { composeForFile, connectTestEngine } from "../../../harness/engines-in-tests.ts";
import { CRASHING } from "../../../harness/heal/crashing.ts";
import { eventually } from "../../../harness/wait.ts";
import {
  changesOf,
  disturbed,
  IMMORTAL,
  life,
  mortalEngine,
  type Life,
} from "../../../harness/heal/mortal.ts";
import { neverStarting } from "../../../harness/heal/unstartable.ts";
import { composeHealersOf } from "./killed.ts";
import { atEveryStepOnStages } from "./lanes.ts";
import { composeStage, type ComposeStage, type StageOptions } from "./stage.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

/** The one thing that every heal promises, however it went. */
async function expectOneServing(stage: ComposeStage, when: string): Promise<void> {
  expect(await stage.present(), when).toEqual([
    { name: stage.container, state: "running", image: expect.any(String) as string },
  ]);
  expect([stage.oldImage, stage.newImage]).toContain((await stage.present())[0]?.image);
  expect(await stage.data(), when).toBe("precious");
}

/** Dies for every n that there is until one gets through, and gives the points of death. */
function everyDeath(
  compose: Compose,
  options: StageOptions,
  deathOf: (n: number, stage: ComposeStage) => Promise<string | null>,
): Promise<string[]> {
  const open = (): Promise<ComposeStage> =>
    composeStage(engine, compose, { ...options, keepsOldImage: true });
  return atEveryStepOnStages(open, async (n, stage) => {
    const point = await deathOf(n, stage);
    await expectOneServing(stage, `killed at ${String(n)}: ${String(point)}`);
    return point;
  });
}

const EXITS: StageOptions = { newImage: CRASHING };

/** Not before the engine is known that the tests run on. */
const onlyWhereItRecreates = (line: ComposeLine): void => {
  beforeEach(({ skip }) => {
    skip(cannotRecreate(line, engine), "Compose 1.29 cannot recreate anything on this engine");
  });
};

describe.each(LINES_OF_OUR_DEATHS)("with Compose %s, one container serves", (line) => {
  const compose = composeForFile(line);
  onlyWhereItRecreates(line);

  it.for<[string, StageOptions, string]>([
    ["that would succeed", {}, "close healed"],
    ["whose new image exits at once", EXITS, "close rolled-back"],
  ])(
    "when the process is killed at any step of a heal %s",
    { timeout: 600_000 },
    async ([, options, last]) => {
      const points = await everyDeath(compose(), options, async (n, stage) => {
        const process = changesOf(life(n));
        const healers = composeHealersOf(stage);
        await healers.heal(process);
        await healers.recover(IMMORTAL);
        healers.remove();
        return process.diedAt();
      });
      expect(points).toContain(last);
    },
  );

  it("when the process is killed in the middle of a way back, and the next one at any step of that", async () => {
    const points = await everyDeath(compose(), EXITS, async (n, stage) => {
      const second = changesOf(life(n));
      const healers = composeHealersOf(stage);
      await healers.heal(lifeUntil("before start"));
      await healers.recover(second);
      await healers.recover(IMMORTAL);
      healers.remove();
      return second.diedAt();
    });
    expect(points).toContain("close rolled-back");
  }, 600_000);
});

describe.each(LINES_OF_OUR_DEATHS)("with Compose %s, one container serves", (line) => {
  const compose = composeForFile(line);
  onlyWhereItRecreates(line);

  it("when Compose is killed, and what it had asked for is there only when the old one gets its name back", async () => {
    const stage = await composeStage(engine, compose());
    const { Config, Id } = await engine.docker.getContainer(stage.container).inspect();
    const late = disturbed(
      0,
      async () => {
        const { container: name, newImage: Image } = stage;
        await engine.docker.createContainer({ name, Image, Labels: Config.Labels });
      },
      (what) => what === "before rename",
    );
    const killed: ComposeCommands = {
      ...stage.commands,
      run: async () => {
        const old = engine.docker.getContainer(Id);
        await old.stop();
        await old.rename({ name: `${Id.slice(0, 12)}_${stage.container}` });
        return { exitCode: null, stdout: "", stderr: "" };
      },
    };
    const healEngine = mortalEngine(stage.healEngine, late);
    const healers = composeHealersOf({ ...stage, healEngine }, killed);
    await healers.heal(IMMORTAL);
    expect(late.disturbedAt()).toBe("before rename");
    await expectOneServing(stage, "a container came late");
    healers.remove();
    await stage.clear();
  });
});

describe.each(LINES_OF_OUR_DEATHS)("with Compose %s, one container serves", (line) => {
  const compose = composeForFile(line);
  onlyWhereItRecreates(line);

  it("when the engine stops the old one, and then never starts it again", async () => {
    const stage = await composeStage(engine, compose(), { keepsOldImage: true });
    const { Id } = await engine.docker.getContainer(stage.container).inspect();
    const failing: ComposeCommands = {
      ...stage.commands,
      run: async () => {
        await engine.docker.getContainer(Id).stop();
        return { exitCode: 1, stdout: "", stderr: "connection aborted" };
      },
    };
    const healEngine = neverStarting(Id, stage.healEngine);
    const healers = composeHealersOf({ ...stage, healEngine }, failing);
    await healers.heal(IMMORTAL);
    await expectOneServing(stage, "it was made anew");
    expect(await stage.present()).toMatchObject([{ image: stage.oldImage }]);
    expect((await engine.docker.getContainer(stage.container).inspect()).Id).not.toBe(Id);
    healers.remove();
    await stage.clear();
  });
});

describe.each(COMPOSE_LINES)("with Compose %s, one container serves", (line) => {
  const compose = composeForFile(line);
  onlyWhereItRecreates(line);

  it.each<[string, () => Life]>([
    ["and the process that started it are", () => lifeUntil("after Compose")],
    ["alone is", () => IMMORTAL],
  ])(
    "when Compose %s killed at any change that it makes",
    async (_, firstLife) => {
      const points = await everyDeath(compose(), {}, async (n, stage) => {
        const deadly = killedAtChange(n + 1, stage);
        const healers = composeHealersOf(stage, deadly.commands);
        await healers.heal(firstLife());
        await healers.recover(IMMORTAL);
        healers.remove();
        return deadly.killed() ? `change ${String(n + 1)}` : null;
      });
      expect(points.length).toBeGreaterThan(4);
    },
    600_000,
  );

  it("when Compose outlives the process that started it", async () => {
    const stage = await composeStage(engine, compose());
    const own = lifeUntil("after Compose");
    const healers = composeHealersOf(stage, leftAlone(stage.commands));
    await healers.heal(own);
    await healers.recover(IMMORTAL);
    await expectOneServing(stage, "Compose went on");
    expect(await stage.present()).toMatchObject([{ image: stage.newImage }]);
    healers.remove();
    await stage.clear();
  });
});

/** Of a process that is killed at a step of this name. */
function lifeUntil(name: string): Life {
  const own = life(0);
  const hasDied = (): boolean => own.diedAt() !== null;
  return {
    diedAt: own.diedAt,
    step(what) {
      if (what === name || hasDied()) own.step(what);
    },
  };
}

/** Compose is killed as soon as the engine tells of its n-th change to the project. */
function killedAtChange(
  n: number,
  { project, commands }: ComposeStage,
): { readonly commands: ComposeCommands; readonly killed: () => boolean } {
  let killed = false;
  const run: ComposeCommands["run"] = async (command, options, signal) => {
    const filters = { label: [`com.docker.compose.project=${project.name}`] };
    const events = await engine.docker.getEvents({ filters });
    let seen = 0;
    events.on("data", () => {
      if (++seen !== n) return;
      killed = true;
      void processesOf(options.mark).then((all) => {
        all.forEach(endProcess);
      });
    });
    try {
      return await commands.run(command, options, signal);
    } finally {
      (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
    }
  };
  return { commands: { ...commands, run }, killed: () => killed };
}

/** Returns as soon as Compose runs, as a process that is killed then. */
function leftAlone(commands: ComposeCommands): ComposeCommands {
  return {
    ...commands,
    async run(command, options, signal) {
      commands.run(command, options, signal).catch(() => undefined);
      await eventually("Compose runs", async () => (await processesOf(options.mark)).length > 0);
      return { exitCode: null, stdout: "", stderr: "" };
    },
  };
}

function processesOf(mark: string | undefined): Promise<readonly number[]> {
  return processesWith("STALEWATCH_HEAL", mark ?? "");
}

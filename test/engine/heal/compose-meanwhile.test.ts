import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import { cannotRecreate } from "../../harness/compose.ts";
import { COMPOSE_LINES } from "../../harness/compose-lines.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { composeForFile, connectTestEngine } from "../../harness/engines-in-tests.ts";
import { healRecord } from "../../harness/heal/heal-record.ts";
import { disturbed, isCall } from "../../harness/heal/mortal.ts";
import { atEveryStepOnStages } from "./compose/lanes.ts";
import { composeStage, type ComposeStage } from "./compose/stage.ts";
import { healersOf } from "./healers.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

/** Whether the heal waits for the end of the `up`, or both go on at once. */
const WAYS = ["all of it between two calls", "beside the heal from then on"] as const;

describe.each(COMPOSE_LINES)("when somebody runs Compose %s `up -d`", (line) => {
  const compose = composeForFile(line);

  beforeEach(({ skip }) => {
    skip(cannotRecreate(line, engine), "Compose 1.29 cannot recreate anything on this engine");
  });

  it.each(WAYS)(
    "at any call of a heal, %s, one container serves, and the end is true",
    async (way) => {
      const open = (): Promise<ComposeStage> =>
        composeStage(engine, compose(), { keepsOldImage: true });
      await atEveryStepOnStages(open, async (n, stage) => {
        const up = (): Promise<unknown> => compose().start(stage.project, "up", "-d", "web").ended;
        let ended: Promise<unknown> = Promise.resolve();
        const life = disturbed(
          n,
          async () => {
            ended = up();
            if (way === WAYS[0]) await ended;
          },
          isCall,
        );
        const healers = healersOf({
          healEngine: stage.healEngine,
          record: () => recordOf(stage),
        });
        const end = await healers.heal({ life, vigil: 2000 });
        await ended;
        const when = `${String(life.disturbedAt())}: ${JSON.stringify(end)}`;
        expect(healers.open(), when).toBe(0);
        await expectOne(stage, end, when);
        healers.remove();
        return life.disturbedAt();
      });
    },
    900_000,
  );
});

async function recordOf({ healEngine, container, newImage }: ComposeStage) {
  const [inspect] = [await healEngine.inspect(container, new AbortController().signal)];
  const config = inspect?.["Config"] as { Image: string };
  return healRecord(healEngine, { name: container, tag: `${config.Image}:latest`, newImage });
}

async function expectOne(stage: ComposeStage, end: HealEnd | null, when: string): Promise<void> {
  const found = await stage.present();
  if (end?.outcome === "rolled-back") expect(found[0]?.image, when).toBe(stage.oldImage);
  const what = `${when} ${JSON.stringify(found)}`;
  expect(
    found.map(({ state }) => state),
    what,
  ).toEqual(["running"]);
  expect(found[0]?.name, what).toContain(stage.container);
  expect(await stage.data(found[0]?.name), what).toBe("precious");
}

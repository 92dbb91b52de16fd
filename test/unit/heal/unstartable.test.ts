import { describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import { disturbed, IMMORTAL, Killed, life, type Watched } from "../../harness/heal/mortal.ts";
import {
  expectServing,
  modelStage,
  WEB,
  type ModelStage,
  type ModelStageOptions,
} from "./model/stage.ts";

const CASES: readonly (readonly [string, ModelStageOptions])[] = [
  ["with nothing else", {}],
  ["with the restart policy always", { restart: "always" }],
  ["with dependents", { dependents: true, restart: "unless-stopped" }],
];

/** What the engine stops first, it never starts again; and the connection breaks then. */
function fatalStop({ engine }: ModelStage): Watched {
  const old = engine.find(WEB)?.id ?? "";
  return disturbed(
    0,
    () => {
      engine.unstartable.add(old);
      throw new StalewatchError("ENGINE_CONNECTION", "the connection broke");
    },
    (what) => what === "after stop",
  );
}

/** And nothing that the process tries from then on does anything. */
function fatalToBoth({ engine }: ModelStage): Watched {
  const old = engine.find(WEB)?.id ?? "";
  let died: string | null = null;
  return {
    step: (what) => {
      if (what === "after stop") died ??= what;
      if (died === null) return;
      engine.unstartable.add(old);
      throw new Killed(died);
    },
    diedAt: () => died,
  };
}

/** As Docker Engine 20.10 does after it was killed in the middle of a stop: "task …: already exists", until it is started
 *  anew. */
describe("a container that the engine stops, and then never starts again", () => {
  it.each(CASES)("is replaced all the same: %s", async (_, options) => {
    const stage = await modelStage(options);
    const end = await stage.heal(fatalStop(stage));
    expect(end?.outcome).toBe("healed");
    expectServing(stage, options, "at once");
  });

  it("is replaced also when one process dies of that, and the next one at any step of the recovery", async () => {
    const options: ModelStageOptions = { dependents: true, restart: "unless-stopped" };
    for (let n = 0; ; n++) {
      const stage = await modelStage(options);
      const second = life(n);
      await stage.heal(fatalToBoth(stage));
      await stage.recover(second);
      await stage.recoverAll();
      expectServing(stage, options, `killed at ${String(second.diedAt())}`);
      if (second.diedAt() === null) break;
      expect(n).toBeLessThan(1000);
    }
  });

  it("is told of where the replacement fails as well, and is still there", async () => {
    const stage = await modelStage({ behaviour: "exits" });
    const end = await stage.heal(fatalStop(stage));
    expect(end).toMatchObject({
      outcome: "failed",
      runsNow: "the old container is there, but does not start",
    });
    expect(end?.detail).toContain("already exists");
    expect(stage.engine.find(WEB)?.status).toBe("exited");
    await stage.recover(IMMORTAL);
    expect(stage.describe()).toHaveLength(1);
  });
});

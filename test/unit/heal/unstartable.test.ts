import { describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import { disturbed, IMMORTAL, type Watched } from "../../harness/heal/mortal.ts";
import { expectServing, modelStage, WEB, type ModelStageOptions } from "./model/stage.ts";

const CASES: readonly (readonly [string, ModelStageOptions])[] = [
  ["with nothing else", {}],
  ["with the restart policy always", { restart: "always" }],
  ["with dependents", { dependents: true, restart: "unless-stopped" }],
];

/** What the engine stops first, it never starts again; and the connection breaks then. */
function fatalStop(stage: Awaited<ReturnType<typeof modelStage>>): Watched {
  const old = stage.engine.find(WEB)?.id ?? "";
  return disturbed(
    0,
    () => {
      stage.engine.unstartable.add(old);
      throw new StalewatchError("ENGINE_CONNECTION", "the connection broke");
    },
    (what) => what === "after stop",
  );
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

import { describe, expect, it } from "vitest";
import { StalewatchError } from "../../../src/domain/error.ts";
import {
  disturbed,
  IMMORTAL,
  isEntry,
  Killed,
  life,
  type Disturbed,
  type Watched,
} from "../../harness/heal/mortal.ts";
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

const connectionLost = (): StalewatchError =>
  new StalewatchError("ENGINE_CONNECTION", "the connection broke");

/** First the one, and from then on the other. */
function inTurn(first: Disturbed, second: Disturbed): Watched {
  return {
    step: (what) => (first.disturbedAt() === null ? first : second).step(what),
    diedAt: () => null,
  };
}

/** What the engine stops first, it never starts again; and the connection breaks then. */
function fatalStop({ engine }: ModelStage): Disturbed {
  const old = engine.find(WEB)?.id ?? "";
  return disturbed(
    0,
    () => {
      engine.unstartable.add(old);
      throw connectionLost();
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

  it.each(CASES)("is made anew where the replacement fails as well: %s", async (_, options) => {
    const stage = await modelStage({ ...options, behaviour: "exits" });
    const end = await stage.heal(fatalStop(stage));
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: false });
    expect(end?.detail).toContain("already exists");
    expect(end?.runsNow).toContain("another container of the old one's definition");
    expectServing(stage, options, "at once", ["old"]);
  });

  it.each([
    ["would serve", "serves"],
    ["exits at once", "exits"],
    ["does not start", "does not start"],
  ] as const)(
    "is replaced or made anew when one process dies of that, and the next one at any step of the recovery, where the new one %s",
    async (_, behaviour) => {
      const options: ModelStageOptions = { dependents: true, restart: "unless-stopped", behaviour };
      const ends: readonly ("old" | "new")[] = behaviour === "serves" ? ["old", "new"] : ["old"];
      for (let n = 0; ; n++) {
        const stage = await modelStage(options);
        const second = life(n);
        await stage.heal(fatalToBoth(stage));
        await stage.recover(second);
        await stage.recoverAll();
        expectServing(stage, options, `killed at ${String(second.diedAt())}`, ends);
        if (second.diedAt() === null) break;
        expect(n).toBeLessThan(1000);
      }
    },
  );

  it.each([
    ["an answer is lost", () => undefined],
    ["the engine restarts", ({ engine }: ModelStage) => engine.restartEngine()],
  ])("is made anew, or replaced, also when %s meanwhile", async (_, happen) => {
    for (const behaviour of ["exits", "serves"] as const)
      for (let n = 0; ; n++) {
        const options: ModelStageOptions = { dependents: true, restart: "always", behaviour };
        const stage = await modelStage(options);
        const second = disturbed(n, (what) => {
          happen(stage);
          if (!isEntry(what)) throw connectionLost();
        });
        await stage.heal(inTurn(fatalStop(stage), second)).catch(() => null);
        await stage.recoverAll();
        const when = `${behaviour}, ${n}: ${String(second.disturbedAt())}`;
        expect(stage.engine.twins, when).toEqual([]);
        expectServing(stage, options, when, behaviour === "exits" ? ["old"] : ["old", "new"]);
        if (second.disturbedAt() === null) break;
        expect(n).toBeLessThan(1000);
      }
  });

  it("is told of where its image is gone, too, and is still there", async () => {
    const stage = await modelStage({ behaviour: "exits" });
    const old = stage.engine.find(WEB);
    const watched = fatalStop(stage);
    stage.engine.images.delete(old?.image ?? "");
    const end = await stage.heal(watched);
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

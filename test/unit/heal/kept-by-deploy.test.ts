import { describe, expect, it } from "vitest";
import { COMPOSE } from "../../../src/domain/labels.ts";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import type { ContainerId } from "../../../src/domain/ids.ts";
import { runHeal } from "../../../src/heal/transaction.ts";
import { healRecord } from "../../harness/heal/heal-record.ts";
import { disturbed, mortalEngine } from "../../harness/heal/mortal.ts";
import { ModelEngine } from "./model/engine.ts";
import { ModelJournal } from "./model/journal.ts";

interface Deploy {
  /** Right after ours was created. */
  readonly first: (engine: ModelEngine, old: ContainerId) => Promise<void>;
  /** One after the other, as time goes by. */
  readonly then: readonly ((engine: ModelEngine, old: ContainerId) => Promise<void>)[];
}

const remove = (engine: ModelEngine, old: ContainerId): Promise<void> => {
  engine.forceRemove(old);
  return Promise.resolve();
};

/** As Compose starts what it finds of the service. */
const startOthers = async (engine: ModelEngine): Promise<void> => {
  for (const { id, status } of engine.containers.values())
    if (status === "created") await engine.start(id as ContainerId);
};

/** A heal of a container of Compose's, beside which somebody else is at work. */
async function healBeside({ first, then }: Deploy): Promise<{
  readonly end: HealEnd;
  readonly left: readonly string[];
}> {
  const engine = new ModelEngine();
  engine.images.set("sha256:old", "serves").set("sha256:new", "serves");
  engine.tags.set("web:latest", "sha256:old");
  const labels = { [COMPOSE.project]: "shop", [COMPOSE.service]: "web", [COMPOSE.number]: "1" };
  const old = await engine.create("shop-web-1", { Image: "web:latest", Labels: labels });
  await engine.start(old);
  engine.tags.set("web:latest", "sha256:new");
  const scene = { name: "shop-web-1", tag: "web:latest", newImage: "sha256:new" };
  const lease = new ModelJournal().open(await healRecord(engine, scene));
  const life = disturbed(
    0,
    () => first(engine, old),
    (what) => what === "after create",
  );
  const acts = [...then];
  let now = Date.now();
  const clock = {
    now: () => now,
    sleep: async (length: number): Promise<void> => {
      now += length;
      await acts.shift()?.(engine, old);
    },
  };
  const parts = {
    engine: mortalEngine(engine, life),
    clock,
    gate: { settle: 0, healthTimeout: 0 },
  };
  const end = await runHeal(lease, parts, new AbortController().signal);
  const left = [...engine.containers.values()].map(
    ({ name, status, image }) => `${name} ${status} on ${image}`,
  );
  return { end, left };
}

describe("a Compose that takes the replacement for the one to keep", () => {
  const kept = ["shop-web-1 running on sha256:new"];

  it("and has stopped the old one", async () => {
    const { end, left } = await healBeside({
      first: (engine, old) => engine.stop(old),
      then: [remove, startOthers],
    });
    expect(left).toEqual(kept);
    expect(end.outcome).toBe("healed");
  });

  it("and has removed the old one", async () => {
    const { end, left } = await healBeside({ first: remove, then: [startOthers] });
    expect(left).toEqual(kept);
    expect(end.outcome).toBe("healed");
  });

  it("and goes on stopping the old one for long, after its tag has moved again", async () => {
    const wait = (): Promise<void> => Promise.resolve();
    const { end, left } = await healBeside({
      first: (engine) => {
        engine.images.set("sha256:newer", "serves");
        engine.tags.set("web:latest", "sha256:newer");
        engine.wasToldToEnd = () => Promise.resolve(true);
        return Promise.resolve();
      },
      then: [
        ...Array.from({ length: 39 }, () => wait),
        (engine, old) => engine.stop(old),
        remove,
        startOthers,
      ],
    });
    expect(left).toEqual(kept);
    expect(end.outcome).toBe("healed");
  });
});

describe("a Compose that ends the replacement when that has its name", () => {
  const NAME = "shop-web-1";
  const wait = (): Promise<void> => Promise.resolve();
  const nothing = (count: number) => Array.from({ length: count }, () => wait);
  const stopOurs = (engine: ModelEngine): Promise<void> =>
    engine.stop((engine.find(NAME)?.id ?? "") as ContainerId);
  const removeOurs = (engine: ModelEngine): Promise<void> => {
    engine.forceRemove(engine.find(NAME)?.id ?? "");
    return Promise.resolve();
  };
  /** Its own, made in the place of the old one and not started. */
  const makeOwn = async (engine: ModelEngine, old: ContainerId): Promise<void> => {
    const labels = { [COMPOSE.project]: "shop", [COMPOSE.service]: "web", [COMPOSE.number]: "1" };
    const name = `${old.slice(0, 12)}_${NAME}`;
    await engine.create(name, { Image: "web:latest", Labels: labels });
  };

  it("and removes it, and breaks off: what it has made runs", async () => {
    const { end, left } = await healBeside({
      first: wait,
      then: [stopOurs, ...nothing(12), removeOurs, makeOwn],
    });
    expect(left).toEqual([`${NAME} running on sha256:new`]);
    expect(end).toMatchObject({ outcome: "left" });
  });

  it("and breaks off before it has removed it: ours runs again", async () => {
    const { end, left } = await healBeside({ first: wait, then: [stopOurs, makeOwn] });
    expect(left).toContain(`${NAME} running on sha256:new`);
    expect(end).toMatchObject({ outcome: "healed", warnings: [] });
  });

  it("as a person does who stops it: it stays so, and that is told", async () => {
    const { end, left } = await healBeside({ first: wait, then: [stopOurs] });
    expect(left).toEqual([`${NAME} exited on sha256:new`]);
    expect(end.warnings).toEqual(["it was healed, and has been stopped or has exited since"]);
  });
});

describe("the replacement goes", () => {
  it("where somebody only stops the old container", async () => {
    const { end, left } = await healBeside({ first: (engine, old) => engine.stop(old), then: [] });
    expect(left).toEqual(["shop-web-1 exited on sha256:old"]);
    expect(end).toMatchObject({ outcome: "discarded" });
    expect(end.detail).toContain("stopped");
  });

  it("where somebody only removes it", async () => {
    const { end, left } = await healBeside({ first: remove, then: [] });
    expect(left).toEqual([]);
    expect(end).toMatchObject({ outcome: "discarded" });
    expect(end.detail).toContain("removed");
  });
});

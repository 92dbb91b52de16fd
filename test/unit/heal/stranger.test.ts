import { describe, expect, it } from "vitest";
import { steady } from "../../../src/heal/acts.ts";
import { strangerOf } from "../../../src/heal/stranger.ts";
import { healRecord } from "../../harness/heal/heal-record.ts";
import { ModelEngine } from "./model/engine.ts";
import { ModelJournal } from "./model/journal.ts";

/** A clock on which `then` happens as soon as somebody sleeps. */
function clock(then: () => Promise<unknown> = () => Promise.resolve()) {
  let now = 0;
  return {
    now: () => now,
    sleep: async (length: number): Promise<void> => {
      now += length;
      await then();
    },
  };
}

/** A heal of `name`, whose container is gone by now. */
async function healOf(name: string, engine: ModelEngine) {
  engine.images.set("sha256:old", "serves").set("sha256:new", "serves");
  engine.tags.set("app", "sha256:old").set("app:latest", "sha256:new");
  const body = { Image: "app", HostConfig: {}, Labels: {} };
  await engine.start(await engine.create(name, body));
  const scene = { name, tag: "app:latest", newImage: "sha256:new" };
  const lease = new ModelJournal().open(await healRecord(engine, scene));
  engine.forceRemove(name);
  return { lease, body };
}

describe("who has the name", () => {
  it("is nobody, though the ID of another container begins with it", async () => {
    const engine = new ModelEngine();
    const { lease, body } = await healOf("a", engine);
    // IDs begin with one of 16 digits: some container's with an a.
    while ((await engine.inspect("a")) === null)
      await engine.create(`c${engine.containers.size}`, body);
    const parts = { engine, clock: clock(), gate: { settle: 0, healthTimeout: 0 } };
    expect(await strangerOf(lease, parts, steady(parts))).toBeNull();
  });

  it("is the container of a deploy, which is waited for until it runs", async () => {
    const engine = new ModelEngine();
    const { lease, body } = await healOf("web", engine);
    const id = await engine.create("web", body);
    const parts = {
      engine,
      clock: clock(() => engine.start(id)),
      gate: { settle: 0, healthTimeout: 0 },
    };
    expect(await strangerOf(lease, parts, steady(parts))).toEqual({
      running: true,
      sameSubject: true,
    });
  });

  it("is a container that never runs, in the end", async () => {
    const engine = new ModelEngine();
    const { lease, body } = await healOf("web", engine);
    await engine.create("web", body);
    const parts = { engine, clock: clock(), gate: { settle: 0, healthTimeout: 0 } };
    expect(await strangerOf(lease, parts, steady(parts))).toEqual({
      running: false,
      sameSubject: true,
    });
  });
});

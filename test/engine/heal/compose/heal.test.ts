import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import type { HealEnd } from "../../../../src/domain/heal/record.ts";
import { SYSTEM_CLOCK } from "../../../../src/daemon/clock.ts";
import type { ComposeHealRecord, ComposeParts } from "../../../../src/heal/compose/record.ts";
import { runComposeHeal } from "../../../../src/heal/compose/run.ts";
import type { ImageDefinition } from "../../../harness/dockerfile.ts";
import { cannotRecreate } from "../../../harness/compose.ts";
import { COMPOSE_LINES } from "../../../harness/compose-lines.ts";
import type { EngineConnection } from "../../../harness/engine.ts";
import { composeForFile, connectTestEngine } from "../../../harness/engines-in-tests.ts";
import { CRASHING } from "../../../harness/heal/crashing.ts";
import { leaseInMemory } from "./lease-in-memory.ts";
import { composeStage, type ComposeStage } from "./stage.ts";

const NEVER = new AbortController().signal;
const GATE = { settle: 300, healthTimeout: 5000 };

let engine: EngineConnection;
let stage: ComposeStage;
beforeAll(async () => {
  engine = await connectTestEngine();
});
afterEach(() => stage.clear());

function parts(): ComposeParts {
  const { healEngine, commands } = stage;
  return { engine: healEngine, clock: SYSTEM_CLOCK, gate: GATE, commands };
}

function heal(record: ComposeHealRecord): Promise<HealEnd> {
  return runComposeHeal(leaseInMemory(record), parts(), NEVER);
}

/** The containerd store forgets an image when its tag moves: from there no way leads back. */
function onlyWhereOldImagesStay({ skip }: TestContext): void {
  skip(engine.store === "containerd", "the engine forgets old images");
}

const BROKEN = { newImage: { ...CRASHING, cmd: ["sh", "-c", "echo no config; exit 3"] } };

describe.each(COMPOSE_LINES)("a heal through Compose %s", (line) => {
  const compose = composeForFile(line);

  beforeEach(({ skip }) => {
    skip(cannotRecreate(line, engine), "Compose 1.29 cannot recreate anything on this engine");
  });

  it("recreates the service on its newest image, with its data, and for good", async () => {
    stage = await composeStage(engine, compose());
    const end = await heal(await stage.record());
    expect(end).toMatchObject({ outcome: "healed", quarantine: false, warnings: [] });
    expect(end.logs.join("\n")).toMatch(/^compose: .*Recreat/m);
    expect(end.downtime).toBeGreaterThan(0);
    expect(end.downtime).toBeLessThan(20_000);
    const healed = [{ name: stage.container, image: stage.newImage, state: "running" }];
    expect(await stage.present()).toEqual(healed);
    expect(await stage.data()).toBe("precious");

    const { Id } = await engine.docker.getContainer(stage.container).inspect();
    await compose().run(stage.project, "up", "-d");
    expect((await engine.docker.getContainer(stage.container).inspect()).Id).toBe(Id);
  });

  it("brings the old container back on its old image when the new one fails the gate", async (it) => {
    onlyWhereOldImagesStay(it);
    stage = await composeStage(engine, compose(), BROKEN);
    const end = await heal(await stage.record());
    expect(end).toMatchObject({
      outcome: "rolled-back",
      detail: `${stage.container}: it exited with code 3`,
      quarantine: true,
    });
    expect(end.logs).toContain("no config");
    expect(await stage.present()).toEqual([
      { name: stage.container, image: stage.oldImage, state: "running" },
    ]);
    expect(await stage.data()).toBe("precious");
  });

  it("keeps the scale of a service", async () => {
    stage = await composeStage(engine, compose(), { scale: 2 });
    expect(await heal(await stage.record())).toMatchObject({ outcome: "healed" });
    const present = await stage.present();
    expect(present.map(({ image, state }) => ({ image, state }))).toEqual([
      { image: stage.newImage, state: "running" },
      { image: stage.newImage, state: "running" },
    ]);
  });

  it("brings all containers of a service back, though one alone failed", async (it) => {
    onlyWhereOldImagesStay(it);
    // The data tell which is the first.
    const isOther = "test ! -e /data/file";
    const newImage: ImageDefinition = {
      cmd: ["sh", "-c", `${isOther} || exit 3; trap 'exit 0' TERM; sleep 1000 & wait $!`],
      healthcheck: { cmd: ["sh", "-c", isOther], interval: "100ms" },
    };
    stage = await composeStage(engine, compose(), { scale: 2, newImage });
    const end = await heal(await stage.record());
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: true });
    const present = await stage.present();
    expect(present.map(({ image, state }) => ({ image, state }))).toEqual([
      { image: stage.oldImage, state: "running" },
      { image: stage.oldImage, state: "running" },
    ]);
    expect(await stage.data()).toBe("precious");
  });

  it("brings the old container back when the new one cannot even be started", async (it) => {
    onlyWhereOldImagesStay(it);
    stage = await composeStage(engine, compose(), { newImage: { cmd: ["/nowhere"] } });
    const end = await heal(await stage.record());
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: true });
    expect(end.detail).toMatch(/^Compose failed: .*nowhere/);
    expect(await stage.present()).toEqual([
      { name: stage.container, image: stage.oldImage, state: "running" },
    ]);
    expect(await stage.data()).toBe("precious");
  });
});

describe("what a heal through Compose leaves", () => {
  const compose = composeForFile("2.40");

  it("a container brought back follows its image's name, and Compose replaces it at the next deploy", async (it) => {
    onlyWhereOldImagesStay(it);
    stage = await composeStage(engine, compose(), { ...BROKEN, keys: { restart: "always" } });
    await heal(await stage.record());
    const { Config, HostConfig } = await engine.docker.getContainer(stage.container).inspect();
    expect(Config.Labels["stalewatch.image"]).toBe(`${stage.project.name}-web`);
    expect(HostConfig.RestartPolicy).toMatchObject({ Name: "always" });
    await compose().run(stage.project, "up", "-d");
    expect(await stage.present()).toMatchObject([{ name: stage.container, image: stage.newImage }]);
  });

  it("the old container as it was, where Compose cannot even create a new one", async () => {
    const source = { type: "bind", source: "./conf", target: "/conf" };
    const keys = { volumes: [{ ...source, bind: { create_host_path: false } }] };
    stage = await composeStage(engine, compose(), { keys, folders: ["conf"] });
    const record = await stage.record();
    const { Id } = await engine.docker.getContainer(stage.container).inspect();
    rmSync(join(stage.project.folder, "conf"), { recursive: true });
    const end = await heal(record);
    expect(end).toMatchObject({ outcome: "refused", quarantine: false });
    expect(end.detail).toMatch(/^Compose failed: .*conf/);
    expect(await stage.present()).toMatchObject([{ name: stage.container, state: "running" }]);
    expect((await engine.docker.getContainer(stage.container).inspect()).Id).toBe(Id);
  });

  it("the new one, where the engine has forgotten the old image, and it says so", async () => {
    stage = await composeStage(engine, compose(), BROKEN);
    const record = await stage.record();
    const wayBack = { kind: "none", reason: "the engine has forgotten its image" } as const;
    const end = await heal({
      ...record,
      replicas: record.replicas.map((replica) => ({ ...replica, wayBack })),
    });
    expect(end).toMatchObject({ outcome: "failed", quarantine: true });
    expect(end.detail).toContain("the engine has forgotten its image");
    expect(await stage.present()).toMatchObject([{ name: stage.container, image: stage.newImage }]);
  });

  it("fresh containers of a service as they are", async () => {
    stage = await composeStage(engine, compose(), { scale: 2 });
    await engine.docker.getContainer(stage.container).remove({ force: true });
    await compose().run(stage.project, "up", "-d", "--no-recreate", "--scale", "web=2");
    const fresh = (await stage.present()).find(({ image }) => image === stage.newImage);
    const stale = (await stage.present()).find(({ image }) => image === stage.oldImage);
    const before = await engine.docker.getContainer(fresh?.name ?? "").inspect();
    const record = await stage.record({ container: stale?.name ?? "" });
    expect(await heal(record)).toMatchObject({ outcome: "healed" });
    const images = (await stage.present()).map(({ image }) => image);
    expect(images).toEqual([stage.newImage, stage.newImage]);
    expect((await engine.docker.getContainer(before.Id).inspect()).State.Running).toBe(true);
  });

  it("other containers of the project, whatever .env tells Compose to do with them", async () => {
    const otherServices = { db: { build: { marker: "db" } } };
    const env = "COMPOSE_REMOVE_ORPHANS=true\n";
    stage = await composeStage(engine, compose(), { otherServices, env });
    await compose().run(stage.project, "up", "-d", "db");
    const other = `${stage.project.name}-db-1`;
    const before = await engine.docker.getContainer(other).inspect();
    await stage.project.write({ web: { build: { marker: "2", volumes: ["/data"] } } });
    expect(await heal(await stage.record())).toMatchObject({ outcome: "healed" });
    expect((await engine.docker.getContainer(other).inspect()).Id).toBe(before.Id);
  });

  it("nothing touched where somebody else is faster", async () => {
    stage = await composeStage(engine, compose());
    const record = await stage.record();
    await engine.docker.getContainer(stage.container).restart({ t: 0 });
    expect(await heal(record)).toMatchObject({ outcome: "discarded" });
    expect(await stage.present()).toMatchObject([{ image: stage.oldImage, state: "running" }]);
  });

  it("an open journal, when it is told to stop while the new container is on trial", async () => {
    stage = await composeStage(engine, compose());
    const stopping = new AbortController();
    const lease = leaseInMemory(await stage.record(), (entry) => {
      if (entry === "enter proving") stopping.abort(new Error("told to stop"));
    });
    await expect(runComposeHeal(lease, parts(), stopping.signal)).rejects.toThrow("told to stop");
    expect(lease.end()).toBeNull();
    expect(lease.phase).toBe("proving");
    expect(await stage.present()).toMatchObject([{ image: stage.newImage, state: "running" }]);
  });
});

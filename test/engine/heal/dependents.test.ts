import { beforeAll, describe, expect, it, vi } from "vitest";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { CRASHING } from "../../harness/heal/crashing.ts";
import { DEPENDENTS, type DependentKind } from "./dependent.ts";
import { neverStarting } from "../../harness/heal/unstartable.ts";
import { healersOf } from "./healers.ts";
import { expectServing, healStage, stageImages, type StageOptions } from "./stage.ts";

/** Fourteen containers are started, one after the other. */
vi.setConfig({ testTimeout: 180_000 });

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

/** Podman knows no links. */
function dependents(): readonly DependentKind[] {
  return engine.kind === "podman" ? DEPENDENTS.filter((kind) => kind !== "client") : DEPENDENTS;
}

describe.concurrent("what hangs on a container", () => {
  it("is recreated with it, joined to the new one, with the same data", async () => {
    const options: StageOptions = { dependents: dependents(), restart: "always" };
    const stage = await healStage(engine, await stageImages(engine, options), options);
    const before = await stage.present();
    const healers = healersOf(stage);
    expect(await healers.heal()).toMatchObject({ outcome: "healed", warnings: [] });
    await expectServing(stage, options, "after the heal", ["new"]);
    const parent = await engine.docker.getContainer(stage.name).inspect();
    for (const kind of dependents()) {
      const { HostConfig } = await engine.docker.getContainer(`${stage.name}.${kind}`).inspect();
      expect(HostConfig.RestartPolicy?.Name).toBe("always");
      if (kind === "sidecar") expect(HostConfig.NetworkMode).toBe(`container:${parent.Id}`);
    }
    expect(healers.open()).toBe(0);
    expect(before).toHaveLength(dependents().length + 1);
    await stage.clear();
    healers.remove();
  });

  it("serves again when the replacement of the container fails", async () => {
    const options: StageOptions = { dependents: dependents(), newImage: CRASHING };
    const stage = await healStage(engine, await stageImages(engine, options), options);
    const healers = healersOf(stage);
    expect(await healers.heal()).toMatchObject({ outcome: "rolled-back", quarantine: true });
    await expectServing(stage, options, "after the rollback", ["old"]);
    await stage.clear();
    healers.remove();
  });

  it("is made anew with it when the replacement fails and the old one never starts again", async () => {
    const options: StageOptions = {
      dependents: dependents(),
      restart: "unless-stopped",
      newImage: CRASHING,
    };
    const stage = await healStage(engine, await stageImages(engine, options), options);
    const { Id } = await engine.docker.getContainer(stage.name).inspect();
    const healers = healersOf(stage);
    const end = await healers.heal({ engine: (one) => neverStarting(Id, one) });
    expect(end).toMatchObject({ outcome: "rolled-back", quarantine: false });
    expect(end?.detail).toContain("the old one does not start again");
    await expectServing(stage, options, "made anew", ["old"]);
    const parent = await engine.docker.getContainer(stage.name).inspect();
    expect(parent.Id).not.toBe(Id);
    for (const name of [stage.name, `${stage.name}.sidecar`]) {
      const { HostConfig } = await engine.docker.getContainer(name).inspect();
      expect(HostConfig.RestartPolicy?.Name).toBe("unless-stopped");
    }
    await stage.clear();
    healers.remove();
  });
});

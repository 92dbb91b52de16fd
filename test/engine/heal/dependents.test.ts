import { beforeAll, describe, expect, it, vi } from "vitest";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { CRASHING } from "../../harness/heal/crashing.ts";
import { DEPENDENTS, type DependentKind } from "./dependent.ts";
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
    const stage = await healStage(engine, await stageImages(engine), options);
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
});

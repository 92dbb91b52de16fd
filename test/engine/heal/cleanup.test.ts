import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import { removeContainer, runContainer } from "../../harness/containers.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine, uniqueName } from "../../harness/engines-in-tests.ts";
import { tagImage, untagImage } from "../../harness/images.ts";
import { healersOf } from "./healers.ts";
import { healStage, QUICKLY, stageImages } from "./stage.ts";

let engine: EngineConnection;
beforeAll(async () => {
  engine = await connectTestEngine();
});

interface Scene {
  /** What the container runs before its heal; only what the test gives it names it then. */
  readonly old: string;
  /** Heals with `heal.cleanup`. */
  readonly heal: () => Promise<HealEnd | null>;
}

async function scene(): Promise<Scene> {
  const images = await stageImages(engine);
  const { RepoTags } = await engine.docker.getImage(images.old).inspect();
  const stage = await healStage(engine, images, QUICKLY);
  const healers = healersOf({
    ...stage,
    record: async () => ({ ...(await stage.record()), cleanup: true }),
  });
  onTestFinished(async () => {
    await stage.clear();
    healers.remove();
  });
  // Takes the name alone: the container is on it.
  for (const tag of RepoTags) await engine.docker.getImage(tag).remove({ force: true });
  return { old: images.old, heal: () => healers.heal() };
}

async function isThere(image: string): Promise<boolean> {
  const images = await engine.docker.listImages({ all: true });
  return images.some(({ Id }) => Id === image);
}

describe("heal.cleanup", () => {
  beforeEach(({ skip }) => {
    const forgets = engine.store === "containerd" || engine.kind === "podman";
    skip(forgets, "this store forgets an image with its last name");
  });

  it("removes the replaced image, and none of those that it was built from", async () => {
    const { old, heal } = await scene();
    const { Parent } = await engine.docker.getImage(old).inspect();
    expect(await heal()).toMatchObject({ outcome: "healed", warnings: [] });
    expect(await isThere(old)).toBe(false);
    // An engine that was told to prune would have removed it with the last image on top of it.
    if (Parent !== "") expect(await isThere(Parent)).toBe(true);
  });

  it("leaves an image that a tag names", async () => {
    const { old, heal } = await scene();
    const tag = uniqueName("kept");
    await tagImage(engine, old, tag);
    expect(await heal()).toMatchObject({ outcome: "healed", warnings: [] });
    expect(await isThere(old)).toBe(true);
    await untagImage(engine, tag);
  });

  it("leaves an image that another container uses, running or not", async () => {
    const { old, heal } = await scene();
    const name = uniqueName("other");
    await runContainer(engine, { name, image: old, networkMode: "none" });
    await engine.docker.getContainer(name).stop();
    const end = await heal();
    expect(end).toMatchObject({ outcome: "healed" });
    expect(end?.warnings.join()).toContain("the replaced image was kept: ");
    expect(await isThere(old)).toBe(true);
    await removeContainer(engine, name);
  });
});

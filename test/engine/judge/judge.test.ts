import { describe, expect } from "vitest";
import { DEFAULT_GRACE } from "../../../src/domain/policy.ts";
import { removeContainer } from "../../harness/containers.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { tagImage, untagImage } from "../../harness/images.ts";
import { eventually } from "../../harness/wait.ts";
import { it } from "./watched.ts";

const SECOND = 1000;
/** A busy machine may take as long from a build to the look. */
const MINUTE = 60 * SECOND;

describe.concurrent("a container", () => {
  it("is fresh on the newest build of its tag", async ({ watch }) => {
    const tag = watch.name;
    const built = await watch.build("1");
    await watch.run();
    expect(await watch.judge()).toMatchObject({
      verdict: "fresh",
      reference: `${tag}:latest`,
      running: { id: built },
      newest: { id: built },
    });
  });

  it("is pending after a build under its tag, and stale once the grace is over", async ({
    watch,
  }) => {
    const tag = watch.name;
    const old = await watch.build("1");
    await watch.run();
    await watch.judge();
    const built = await watch.build("2");
    expect(await watch.judge()).toMatchObject({
      verdict: "pending",
      reasonCode: "tag-moved",
      rolledBack: false,
      reference: `${tag}:latest`,
      running: { id: old },
      newest: { id: built, tag: `${tag}:latest` },
      warnings: [],
    });
    expect(await watch.judge(DEFAULT_GRACE - MINUTE)).toMatchObject({ verdict: "pending" });
    expect(await watch.judge(DEFAULT_GRACE + MINUTE)).toMatchObject({ verdict: "stale" });
  });

  it("is fresh again once it was recreated", async ({ watch }) => {
    await watch.build("1");
    await watch.run();
    await watch.build("2");
    expect(await watch.judge()).toMatchObject({ verdict: "pending" });
    await removeContainer(watch.engine, watch.name);
    await watch.run();
    expect(await watch.judge(2 * DEFAULT_GRACE)).toMatchObject({ verdict: "fresh" });
  });

  it("is rolled back where the tag was moved to an older build", async ({ watch }) => {
    const old = await watch.build("1", `${watch.name}:old`);
    await aNewSecond();
    const next = await watch.build("2");
    await watch.run();
    await watch.judge();
    await tagImage(watch.engine, old, watch.name);
    expect(await watch.judge()).toMatchObject({
      verdict: "pending",
      rolledBack: true,
      running: { id: next },
      newest: { id: old },
    });
  });

  it("cannot be judged where its tag is gone", async ({ watch }) => {
    const tag = watch.name;
    await watch.build("1");
    await tagImage(watch.engine, tag, `${tag}:kept`);
    await watch.run();
    await watch.judge();
    await untagImage(watch.engine, tag);
    expect(await watch.judge()).toMatchObject({
      verdict: "untracked",
      reasonCode: "tag-missing",
    });
  });

  it("cannot be judged where it was started from an image's ID", async ({ watch, skip }) => {
    skip(watch.engine.kind === "podman", "Podman writes down the image's tag instead");
    const image = await watch.build("1");
    await watch.run({ image });
    expect(await watch.judge()).toMatchObject({
      verdict: "untracked",
      reasonCode: "pinned-by-id",
    });
  });

  it("follows the newest tag where it is told to", async ({ watch }) => {
    const tag = watch.name;
    const labels = { "stalewatch.strategy": "newest-tag", "stalewatch.tags": "build-*" };
    await watch.build("1", `${tag}:build-9`);
    await watch.run({ image: `${tag}:build-9`, labels });
    expect(await watch.judge()).toMatchObject({ verdict: "fresh" });
    await watch.build("2", `${tag}:build-10`);
    await watch.build("3", `${tag}:other`);
    expect(await watch.judge()).toMatchObject({
      verdict: "pending",
      reasonCode: "newer-tag",
      newest: { tag: `${tag}:build-10` },
    });
  });

  it("costs two calls, and no write, once it is known", async ({ watch }) => {
    await watch.build("1");
    await watch.run();
    await watch.scan();
    expect(await watch.scan()).toMatchObject({ calls: 2, wrote: false });
  });

  it("costs two calls also while it is diverged", async ({ watch }) => {
    await watch.build("1");
    await watch.run();
    await watch.build("2");
    await watch.scan();
    expect(await watch.scan()).toMatchObject({ calls: 2, wrote: false });
  });
});

describe.concurrent("an engine", () => {
  it("is the same one each time it is asked", async ({ watch }) => {
    const { snapshot } = await watch.scan();
    expect(snapshot.engine.id).toBe((await connectTestEngine()).id);
  });
});

/** Lists give the time of a build in whole seconds. */
async function aNewSecond(): Promise<void> {
  const second = Math.floor(Date.now() / SECOND);
  await eventually("a new second", () => Math.floor(Date.now() / SECOND) > second);
}

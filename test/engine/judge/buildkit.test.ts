import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { DEFAULT_GRACE } from "../../../src/domain/policy.ts";
import { isAtLeast } from "../../../src/domain/replacement/api-version.ts";
import { type Compose, compose2 } from "../../harness/compose.ts";
import { type ComposeProject, makeProject } from "../../harness/compose-project.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { connectTestEngine } from "../../harness/engines-in-tests.ts";
import { runProgram } from "../../harness/program.ts";
import { checkDocument } from "../../system/documents.ts";
import type { Watch } from "./watch.ts";
import { it } from "./watched.ts";

/** From here on a list tells which platform's manifest a container runs. */
const MANIFESTS_SINCE = "1.48";
const NO_BUILDKIT = "Podman builds without BuildKit";

let engine: EngineConnection;
let compose: Compose;

beforeAll(async () => {
  engine = await connectTestEngine();
  compose = await compose2(engine, "2.40");
});
afterAll(() => {
  compose.close();
});

describe("a service that Compose has built and started", () => {
  it("goes on being fresh after a build from the cache", async ({ watch, skip }) => {
    skip(engine.kind === "podman", NO_BUILDKIT);
    const { build } = await started(watch);
    const before = await watch.judge();
    const built = await build("1");
    expect(await watch.judge(2 * DEFAULT_GRACE)).toMatchObject({ verdict: "fresh", warnings: [] });
    // With the time of the build in its provenance, which in this store belongs to the image.
    expect(built === before.running.id).toBe(engine.store === "classic");
  });

  it("is stale after a build of the same content without the cache", async ({ watch, skip }) => {
    skip(engine.kind === "podman", NO_BUILDKIT);
    const { build } = await started(watch);
    await watch.judge();
    const newest = await build("1", "--no-cache");
    await watch.judge();
    const judgement = await watch.judge(2 * DEFAULT_GRACE);
    expect(judgement).toMatchObject({ verdict: "stale", newest: { id: newest }, warnings: [] });
  });

  it("is stale after a build, also where its image is gone with that", async ({ watch, skip }) => {
    skip(engine.kind === "podman", NO_BUILDKIT);
    const { build } = await started(watch);
    const { running } = await watch.judge();
    const newest = await build("2");
    expect(await isThere(running.id)).toBe(engine.store === "classic");
    await watch.judge();
    const { judgements, memory } = await watch.scan(2 * DEFAULT_GRACE);
    expect(judgements).toMatchObject([
      { verdict: "stale", running, newest: { id: newest }, warnings: [] },
    ]);
    // A heal takes from it what came from the image alone.
    expect(memory.images.get(running.id)?.config).toContain("PATH=/bin");
  });

  it("is told diverged, though not for sure, where its image was gone before it was seen", async ({
    watch,
    skip,
  }) => {
    skip(engine.kind === "podman", NO_BUILDKIT);
    const { build } = await started(watch);
    await build("2");
    const tells = engine.store === "classic" || isAtLeast(engine.apiVersion, MANIFESTS_SINCE);
    expect(await watch.judge()).toMatchObject({
      verdict: "pending",
      warnings: tells ? [] : [{ code: "identity-unknown" }],
    });
    // Nor is it healed by itself then.
    const { stdout } = await runProgram(["check", "--json", "--project", watch.name], {
      DOCKER_HOST: engine.host,
      STALEWATCH_MODE: "heal",
      STALEWATCH_GRACE: "0s",
      STALEWATCH_STATE: "/nonexistent",
    });
    expect(checkDocument(stdout).containers).toMatchObject([
      { verdict: "stale", healBlockedBy: tells ? null : "identity-unknown" },
    ]);
  });
});

interface Started {
  /** Builds with this marker; gives the ID of the image that then has the tag. */
  readonly build: (marker: string, ...options: string[]) => Promise<string>;
}

async function started({ name }: Watch): Promise<Started> {
  const services = (marker: string) => ({ web: { build: { marker: `${name}, ${marker}` } } });
  const project: ComposeProject = await makeProject(engine, { name, services: services("1") });
  onTestFinished(() => project.remove());
  await compose.run(project, "up", "-d", "--build");
  return {
    build: async (marker, ...options) => {
      await project.write(services(marker));
      await compose.run(project, "build", ...options);
      return (await engine.docker.getImage(`${name}-web`).inspect()).Id;
    },
  };
}

async function isThere(image: string): Promise<boolean> {
  const images = await engine.docker.listImages({ all: true });
  return images.some(({ Id }) => Id === image);
}

import { describe, expect, vi } from "vitest";
import { composeForFile, privateEngineForFile } from "../../harness/engines-in-tests.ts";
import { itOn, type Scene } from "../../system/scene.ts";
import { lineOfEngine } from "./line.ts";
import { PROJECT, stackOn, type Services, type Stack } from "./stack.ts";

vi.setConfig({ testTimeout: 180_000 });

const engine = privateEngineForFile();
const line = lineOfEngine();
const compose = composeForFile(line, engine);
const it = itOn(engine);

/** Every build has a tag of its own. */
const VERSIONED: Services = {
  web: {
    build: {},
    keys: {
      image: "infra2/web:b-${BUILD_ID}",
      labels: { "stalewatch.strategy": "newest-tag", "stalewatch.tags": "b-*" },
    },
  },
};

/** Runs Compose as a person does who has exported a BUILD_ID. */
async function withBuild(stack: Stack, id: string, ...commands: string[]): Promise<void> {
  for (const command of commands) {
    const { code, stderr } = await stack.shell(`BUILD_ID=${id} ${stack.program} ${command}`);
    expect(code, stderr).toBe(0);
  }
}

async function imageOfWeb(stack: Stack): Promise<string | undefined> {
  return (await stack.containers()).find(({ service }) => service === "web")?.imageId;
}

async function imageCalled(name: string): Promise<string> {
  return (await engine().docker.getImage(name).inspect()).Id;
}

async function verdicts(scene: Scene): Promise<readonly string[]> {
  const rules = `[{ match: { project: ${PROJECT} }, enable: true }]`;
  const { containers } = await scene.checkOf(PROJECT, {
    STALEWATCH_RULES: rules,
    STALEWATCH_GRACE: "0s",
  });
  return containers.map(({ verdict }) => verdict);
}

/** What RELIABILITY_PLAN.md says when it compares them. */
describe(`the ways out, on Compose ${line}`, () => {
  it("an image for each BUILD_ID: a plain up recreates, and the way back needs no build", async ({
    scene,
  }) => {
    const stack = await stackOn(engine(), compose(), scene.env, VERSIONED);
    await withBuild(stack, "1", "build", "up -d");
    await stack.write();
    await withBuild(stack, "2", "build");
    expect(await verdicts(scene)).toEqual(["stale"]);
    await withBuild(stack, "2", "up -d");
    expect(await imageOfWeb(stack)).toBe(await imageCalled("infra2/web:b-2"));
    expect(await verdicts(scene)).toEqual(["fresh"]);

    await withBuild(stack, "1", "up -d");
    expect(await imageOfWeb(stack)).toBe(await imageCalled("infra2/web:b-1"));
    // They pile up: a prune leaves what has a name.
    await stack.shell("docker image prune -f");
    expect(await imageCalled("infra2/web:b-2")).toMatch(/^sha256:/);
  });

  it("prune first: frees space, and changes nothing about what runs", async ({ scene }) => {
    const stack = await stackOn(engine(), compose(), scene.env);
    await stack.up();
    const before = await stack.containers();
    await stack.shell("docker image prune -f");
    await stack.build();
    await stack.shell("docker image prune -f");
    expect(await stack.containers()).toEqual(before);
    expect(await verdicts(scene)).toEqual(["stale", "stale"]);
  });
});

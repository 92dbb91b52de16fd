import { afterEach, beforeAll, describe, expect } from "vitest";
import { privateEngineForFile } from "../harness/engines-in-tests.ts";
import {
  createService,
  definitionOf,
  removeService,
  startSwarm,
  tasksOf,
} from "../harness/swarm.ts";
import { behindProxy } from "./allowlist-proxy.ts";
import { events, itOn, scans, type Scene } from "./scene.ts";

const engine = privateEngineForFile();
const it = itOn(engine);
const settings = { STALEWATCH_HEAL_SETTLE: "1s", STALEWATCH_HEAL_HEALTH_TIMEOUT: "5s" };
const healing = { ...settings, STALEWATCH_MODE: "heal" };
const services: string[] = [];

beforeAll(() => startSwarm(engine()));
afterEach(async () => {
  for (const name of services.splice(0)) await removeService(engine(), name);
});

/** A service of two tasks, created, and built again; `cmd` is the new image's. */
async function startStale(
  scene: Scene,
  cmd?: readonly string[],
): Promise<{ readonly name: string; readonly newImage: string; readonly oldImage: string }> {
  const name = `${scene.project}-web`;
  services.push(name);
  const image = `${name}:latest`;
  const oldImage = await scene.build({ image });
  await createService(engine(), { name, image, tasks: 2 });
  return { name, oldImage, newImage: await scene.build({ image }, cmd && { cmd }) };
}

async function imagesRunning(name: string): Promise<readonly string[]> {
  const tasks = await tasksOf(engine(), name);
  return tasks.filter(({ state }) => state === "running").map(({ image }) => image);
}

describe("stalewatch heal, on a manager", () => {
  it("shows what Swarm would do, and has it done", async ({ scene }) => {
    const { name, oldImage, newImage } = await startStale(scene);
    const before = await definitionOf(engine(), name);
    const dry = await scene.stalewatch(["heal", name, "--dry-run"], settings);
    expect(dry.stdout.replace(/\s+/g, " ")).toContain(
      `force an update of the Swarm service ${name}`,
    );
    expect(await definitionOf(engine(), name)).toEqual(before);
    expect(await imagesRunning(name)).toEqual([oldImage, oldImage]);
    expect((await scene.stalewatch(["heal", name, "--yes"], settings)).code).toBe(0);
    expect(await imagesRunning(name)).toEqual([newImage, newImage]);
    expect((await scene.stalewatch(["check", name])).code).toBe(0);
  });

  it("says what became of a bad image, and exits with 1", async ({ scene }) => {
    const { name } = await startStale(scene, ["sh", "-c", "echo out of luck; exit 3"]);
    const { code, stderr } = await scene.stalewatch(["heal", name, "--yes"], settings);
    expect(code).toBe(1);
    expect(stderr).toContain("ended 3 times");
    expect(stderr).toContain("out of luck");
  });
});

describe("deploy/endpoints.txt", () => {
  it("has all that a heal on a manager asks for, and nothing more", async ({
    scene,
    onTestFinished,
  }) => {
    const proxy = await behindProxy(scene, ["alert", "heal", "swarm"]);
    onTestFinished(() => proxy.close());
    const { name, newImage } = await startStale(scene);
    const env = { ...settings, DOCKER_HOST: proxy.host };
    const healed = await scene.stalewatch(["heal", name, "--yes"], env);
    expect(healed.code, healed.stderr).toBe(0);
    expect(await imagesRunning(name)).toEqual([newImage, newImage]);
    proxy.expectAllUsed("swarm");
  });
});

describe("the daemon in heal mode", () => {
  it("heals a service, and says so", async ({ scene }) => {
    const { name, newImage } = await startStale(scene);
    scene.daemon(healing);
    const message = await scene.messageWith("Healed");
    expect(message).toContain(`Healed: ${name} (service ${name})`);
    // The incident was one of its tasks'.
    expect(message).toMatch(new RegExp(`Resolved: ${name}\\.[12]\\.`));
    expect(await imagesRunning(name)).toEqual([newImage, newImage]);
  });

  it("tells of a bad image with what Swarm runs now and the way back, and does not try it again", async ({
    scene,
  }) => {
    const { name, oldImage } = await startStale(scene, ["sh", "-c", "exit 3"]);
    const daemon = scene.daemon(healing);
    const message = await scene.messageWith("Heal failed");
    expect(message).toContain(`Swarm goes on starting them from ${name}:latest`);
    expect(message).toContain(`docker tag ${oldImage} ${name}:latest`);
    await scans(daemon, 2);
    expect(await definitionOf(engine(), name)).toMatchObject({ TaskTemplate: { ForceUpdate: 1 } });
    expect(events(daemon, "heal-broke-off")).toEqual([]);
  });
});

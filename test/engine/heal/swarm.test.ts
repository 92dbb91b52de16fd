import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { isServiceDue } from "../../../src/domain/heal/swarm-due.ts";
import { forced } from "../../../src/domain/heal/swarm-service.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { SwarmLease, SwarmParts } from "../../../src/heal/swarm/lease.ts";
import { recoverSwarmHeal } from "../../../src/heal/swarm/recover.ts";
import { runSwarmHeal } from "../../../src/heal/swarm/run.ts";
import { privateEngineForFile, uniqueName } from "../../harness/engines-in-tests.ts";
import { buildImage, tagImage } from "../../harness/images.ts";
import {
  changeService,
  createService,
  definitionOf,
  removeService,
  type ServiceDefinition,
  startSwarm,
  tasksOf,
} from "../../harness/swarm.ts";
import { eventually } from "../../harness/wait.ts";
import {
  type Entry,
  healed,
  judgedService,
  leaseOn,
  partsFor,
  planned,
  recordFor,
} from "./swarm-stage.ts";

const NEVER = new AbortController().signal;
const engine = privateEngineForFile();
let name: string;

beforeAll(() => startSwarm(engine()));
afterEach(() => removeService(engine(), name));

interface Stage extends Partial<ServiceDefinition> {
  /** Of the new image; default: like the old one, it waits. */
  readonly newCommand?: readonly string[];
}

/** A service whose image was built again under its tag. */
async function stale({ newCommand, ...definition }: Stage = {}): Promise<{
  readonly oldImage: string;
  readonly newImage: string;
}> {
  name = uniqueName("swarm");
  const image = `${name}:latest`;
  const oldImage = await buildImage(engine(), { tag: image, marker: `${name} 1` });
  await createService(engine(), { name, image, tasks: 2, ...definition });
  const newImage = await buildImage(engine(), {
    tag: image,
    marker: `${name} 2`,
    ...(newCommand && { cmd: newCommand }),
  });
  return { oldImage, newImage };
}

async function imagesRunning(): Promise<readonly string[]> {
  const tasks = await tasksOf(engine(), name);
  return tasks.filter(({ state }) => state === "running").map(({ image }) => image);
}

/** Containers that no Swarm service has: a heal leaves none. */
async function strangers(): Promise<readonly string[]> {
  const all = await engine().docker.listContainers({ all: true });
  return all
    .filter(({ Labels }) => Labels["com.docker.swarm.service.id"] === undefined)
    .map(({ Names }) => Names.join());
}

const forceUpdateOf = (spec: JsonObject): unknown =>
  (spec["TaskTemplate"] as JsonObject)["ForceUpdate"] ?? 0;

describe("a service whose image was built again is healed by Swarm", () => {
  it.each([2, "global"] as const)("all of its tasks run the new image (%s)", async (tasks) => {
    const { newImage } = await stale({ tasks });
    expect(isServiceDue(await judgedService(engine(), name), Date.now())).toBe(true);
    expect(await healed(engine(), name)).toMatchObject({ outcome: "healed", quarantine: false });
    const all = Array<string>(tasks === "global" ? 1 : tasks).fill(newImage);
    expect(await imagesRunning()).toEqual(all);
    expect(await strangers()).toEqual([]);
    const after = await judgedService(engine(), name);
    expect(after.tasks.map(({ verdict }) => verdict)).toEqual(all.map(() => "fresh"));
  });

  it("and its definition differs in nothing but the number that forced it", async () => {
    await stale({
      tasks: 1,
      container: {
        Env: ["TZ=UTC"],
        Hostname: "{{.Service.Name}}-{{.Task.Slot}}",
        StopGracePeriod: 3_000_000_000,
        Mounts: [{ Type: "tmpfs", Target: "/cache", TmpfsOptions: { SizeBytes: 65_536 } }],
        Healthcheck: { Test: ["CMD", "true"], Interval: 100_000_000 },
        Sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
      },
      more: { Labels: { team: "web" } },
    });
    const before = await definitionOf(engine(), name);
    expect(await healed(engine(), name)).toMatchObject({ outcome: "healed" });
    const after = await definitionOf(engine(), name);
    expect(forceUpdateOf(after)).toBe(1);
    const template = before["TaskTemplate"] as JsonObject;
    expect(after).toEqual({ ...before, TaskTemplate: { ...template, ForceUpdate: 1 } });
  });

  it("from the definition as it is by then, when somebody scales it in between", async () => {
    const { newImage } = await stale({ tasks: 1 });
    const entry: Entry = { record: await recordFor(engine(), name), phase: "open", end: null };
    await changeService(engine(), name, (spec) => ({
      ...spec,
      Mode: { Replicated: { Replicas: 2 } },
    }));
    await runSwarmHeal(leaseOn(entry), await partsFor(engine()), NEVER);
    expect(entry.end).toMatchObject({ outcome: "healed" });
    expect(await imagesRunning()).toEqual([newImage, newImage]);
  });
});

describe("an image that fails is told as what it is", () => {
  const crash = ["sh", "-c", "echo out of luck; exit 3"];

  it("with Swarm's words, the container's last lines, what runs now, and the way back", async () => {
    const { oldImage } = await stale({ newCommand: crash });
    const end = await healed(engine(), name);
    expect(end).toMatchObject({
      outcome: "failed",
      quarantine: true,
      remedy: `docker tag ${oldImage} ${name}:latest && docker service update --force ${name}`,
    });
    expect(end.detail).toMatch(/ended 3 times, the last time because: task: non-zero exit \(3\)$/);
    expect(end.logs).toContain("out of luck");
    expect(end.runsNow).toContain(`Swarm goes on starting them from ${name}:latest`);
    expect(await strangers()).toEqual([]);
  });

  it("though Swarm goes back, and says that this is done: the same tag is the same image", async () => {
    await stale({ newCommand: crash, onFailure: "rollback" });
    expect(await healed(engine(), name)).toMatchObject({ outcome: "failed", quarantine: true });
    await eventually(
      "the way back has undone the number that forced the update",
      async () => forceUpdateOf(await definitionOf(engine(), name)) === 0,
    );
  });

  it("though it runs, and only its health check fails", async () => {
    const Healthcheck = { Test: ["CMD", "test", "!", "-e", "/sick"], Interval: 100_000_000 };
    const newCommand = ["sh", "-c", "touch /sick; trap 'exit 0' TERM; sleep 2147483 & wait $!"];
    await stale({
      tasks: 1,
      newCommand,
      container: { Healthcheck: { ...Healthcheck, Retries: 2 } },
    });
    expect(await healed(engine(), name)).toMatchObject({ outcome: "failed", quarantine: true });
  });

  it("and the way back, typed by a person, brings the old one back", async () => {
    const { oldImage } = await stale({ newCommand: crash });
    await healed(engine(), name);
    await tagImage(engine(), oldImage, `${name}:latest`);
    await changeService(engine(), name, forced);
    await eventually("the old image runs again", async () => {
      const images = await imagesRunning();
      return images.length === 2 && images.every((image) => image === oldImage);
    });
  });
});

describe("nothing is done", () => {
  it("while Swarm is at an update of somebody else's", async () => {
    await stale();
    const slowly = { Parallelism: 1, Delay: 600_000_000_000 };
    await changeService(engine(), name, (spec) => ({ ...forced(spec), UpdateConfig: slowly }));
    await eventually("the first task was replaced", async () => {
      const tasks = await judgedService(engine(), name);
      return tasks.tasks.map(({ verdict }) => verdict).includes("fresh");
    });
    expect(await planned(engine(), name)).toEqual({
      kind: "wait",
      reason: "Swarm is updating the service",
    });
  });

  it("for a service whose tasks keep data in an anonymous volume: each starts with an empty one", async () => {
    await stale({ tasks: 1, container: { Mounts: [{ Type: "volume", Target: "/data" }] } });
    expect(await planned(engine(), name)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("anonymous volume at /data") as string,
    });
  });

  it("when the tag moved on after the judging", async () => {
    await stale({ tasks: 1 });
    const entry: Entry = { record: await recordFor(engine(), name), phase: "open", end: null };
    await buildImage(engine(), { tag: `${name}:latest`, marker: `${name} 3` });
    await runSwarmHeal(leaseOn(entry), await partsFor(engine()), NEVER);
    expect(entry.end).toMatchObject({
      outcome: "discarded",
      detail: "its tag means yet another image by now",
    });
    expect(forceUpdateOf(await definitionOf(engine(), name))).toBe(0);
  });
});

describe("a heal that is cut off goes on", () => {
  it("when the process dies before it knows that Swarm has taken the update", async () => {
    const { newImage } = await stale();
    const entry: Entry = { record: await recordFor(engine(), name), phase: "open", end: null };
    const lease = leaseOn(entry);
    const dying: SwarmLease = {
      ...lease,
      enter(phase) {
        if (phase === "watching") throw new Error("killed");
        lease.enter(phase);
      },
    };
    await expect(runSwarmHeal(dying, await partsFor(engine()), NEVER)).rejects.toThrow("killed");
    expect(entry.phase).toBe("updating");
    await recoverSwarmHeal(leaseOn(entry), await partsFor(engine()), NEVER);
    expect(entry.end).toMatchObject({ outcome: "healed" });
    expect(await imagesRunning()).toEqual([newImage, newImage]);
    expect(forceUpdateOf(await definitionOf(engine(), name))).toBe(1);
  });

  it("when the engine restarts in the middle", async () => {
    const { newImage } = await stale();
    const restarts: Promise<void>[] = [];
    const entry: Entry = { record: await recordFor(engine(), name), phase: "open", end: null };
    const parts: SwarmParts = {
      ...(await partsFor(engine())),
      progress: ({ step }) => {
        if (step === "gate") restarts.push(restart());
      },
    };
    await runSwarmHeal(leaseOn(entry), parts, NEVER);
    await Promise.all(restarts);
    expect(entry.end).toMatchObject({ outcome: "healed" });
    expect(await imagesRunning()).toEqual([newImage, newImage]);
  });

  async function restart(): Promise<void> {
    await engine().killDaemon();
    await engine().startDaemon();
  }

  it("to its end when somebody removes the service meanwhile", async () => {
    await stale();
    const removals: Promise<void>[] = [];
    const entry: Entry = { record: await recordFor(engine(), name), phase: "open", end: null };
    const parts: SwarmParts = {
      ...(await partsFor(engine())),
      progress: ({ step }) => {
        if (step === "gate") removals.push(removeService(engine(), name));
      },
    };
    await runSwarmHeal(leaseOn(entry), parts, NEVER);
    await Promise.all(removals);
    expect(entry.end).toMatchObject({
      outcome: "left",
      detail: "somebody removed the service",
      runsNow: "nothing of it runs any more",
    });
  });
});

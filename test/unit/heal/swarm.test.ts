import { beforeEach, describe, expect, it } from "vitest";
import { forceUpdateIn } from "../../../src/domain/heal/swarm-service.ts";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { SwarmEngine } from "../../../src/engine/swarm-engine.ts";
import type { SwarmLease, SwarmParts } from "../../../src/heal/swarm/lease.ts";
import { recoverSwarmHeal } from "../../../src/heal/swarm/recover.ts";
import { runSwarmHeal } from "../../../src/heal/swarm/run.ts";
import { imageNamed } from "../domain/builders.ts";
import { swarmRecord } from "../domain/heal/swarm-sketch.ts";
import { FakeSwarm, HttpError } from "./fake-swarm.ts";

const NEVER = new AbortController().signal;

let world: FakeSwarm;
beforeEach(() => {
  world = new FakeSwarm();
});

const partsOf = (more: Partial<SwarmParts> = {}): SwarmParts => ({
  engine: world.engine,
  swarm: world.swarm,
  clock: world.clock,
  gate: { settle: 30_000, healthTimeout: "auto" },
  ...more,
});

/** The journal's entry, which outlives the process. `before` may throw: then nothing was written. */
interface Entry {
  phase: SwarmLease["phase"];
  end: HealEnd | null;
}

function leaseOn(entry: Entry, before: (what: string) => void = () => undefined): SwarmLease {
  return {
    record: swarmRecord(),
    get phase() {
      return entry.phase;
    },
    enter(phase) {
      before(`enter ${phase}`);
      entry.phase = phase;
    },
    close(end) {
      before("close");
      entry.end = end;
    },
  };
}

async function healed(more: Partial<SwarmParts> = {}): Promise<HealEnd> {
  const entry: Entry = { phase: "open", end: null };
  const end = await runSwarmHeal(leaseOn(entry), partsOf(more), NEVER);
  expect(entry.end).toEqual(end);
  return end;
}

/** The same swarm with one call of another kind. */
const withCalls = (calls: Partial<SwarmEngine>): Partial<SwarmParts> => ({
  swarm: { ...world.swarm, ...calls },
});

const forcedTo = (): number => forceUpdateIn(world.current?.spec ?? {});

describe("the heal of a service", () => {
  it("forces one update and ends when all tasks run the newest image", async () => {
    expect(await healed()).toMatchObject({
      outcome: "healed",
      detail: "of 2 tasks 2 run the newest image, web:latest",
      quarantine: false,
    });
    expect(forcedTo()).toBe(1);
  });

  it("tells which step it takes", async () => {
    const steps: string[] = [];
    await healed({ progress: ({ container, step }) => steps.push(`${container}: ${step}`) });
    expect(steps).toEqual(["web: swarm", "web: gate"]);
  });

  it("of a bad image ends with what Swarm runs, why, and the way back", async () => {
    world.newTasks = "crash";
    const end = await healed();
    expect(end).toMatchObject({
      outcome: "failed",
      quarantine: true,
      detail: "task web.1 ended 3 times, the last time because: task: non-zero exit (3)",
      remedy: `docker tag ${imageNamed("v1")} web:latest && docker service update --force web`,
    });
    expect(end.logs).toContain("task web.1: task: non-zero exit (3)");
    expect(end.logs.at(-1)).toBe("panic: oh no");
    expect(end.runsNow).toContain("Swarm goes on starting them from web:latest");
  });

  it("names no way back once the engine has forgotten the old image", async () => {
    world.newTasks = "crash";
    const engine: HealEngine = {
      ...world.engine,
      inspectImage: (image, signal) =>
        image === imageNamed("v1")
          ? Promise.resolve(null)
          : world.engine.inspectImage(image, signal),
    };
    expect(await healed({ engine })).toMatchObject({ outcome: "failed", remedy: null });
  });
});

describe("somebody changes the service while it is to be updated", () => {
  /** The first update finds that `change` came first. */
  function overtaken(times: number, change: () => void): Partial<SwarmParts> {
    let left = times;
    return withCalls({
      update: (...args) => {
        if (left-- > 0) change();
        return world.swarm.update(...args);
      },
    });
  }

  it("scales it: the update is made from the new definition", async () => {
    const scale = (): void => {
      world.change((spec) => ({ ...spec, Labels: { by: "somebody" } }));
    };
    expect(await healed(overtaken(1, scale))).toMatchObject({ outcome: "healed" });
    expect(world.current?.spec["Labels"]).toEqual({ by: "somebody" });
    expect(world.updates).toBe(1);
  });

  it("again and again: it is given up, and nothing was changed by us", async () => {
    const label = (): void => {
      world.change((spec) => ({ ...spec, Labels: { at: String(world.now) } }));
    };
    expect(await healed(overtaken(99, label))).toMatchObject({
      outcome: "discarded",
      detail: "the service changed again and again while it was to be updated",
    });
    expect(forcedTo()).toBe(0);
  });

  it("gives it another image: that is a deploy of theirs", async () => {
    const deploy = (): void => {
      world.change((spec) => ({ ...spec, TaskTemplate: { ContainerSpec: { Image: "web:2" } } }));
    };
    expect(await healed(overtaken(1, deploy))).toMatchObject({
      outcome: "discarded",
      detail: "somebody gave the service another image",
    });
  });

  it("removes it", async () => {
    const remove = (): void => {
      world.current = null;
    };
    expect(await healed(overtaken(1, remove))).toMatchObject({
      outcome: "discarded",
      detail: "somebody removed the service",
    });
  });

  it("moves the tag on before anything was sent", async () => {
    world.tag = imageNamed("v3");
    expect(await healed()).toMatchObject({
      outcome: "discarded",
      detail: "its tag means yet another image by now",
    });
    expect(world.updates).toBe(0);
  });
});

describe("answers that get lost or say no", () => {
  it("an update that was carried out is not sent again", async () => {
    const lost = withCalls({
      update: async (...args) => {
        await world.swarm.update(...args);
        throw new Error("socket hang up");
      },
    });
    expect(await healed(lost)).toMatchObject({ outcome: "healed" });
    expect(world.updates).toBe(1);
  });

  it("an update that never arrived is", async () => {
    let left = 1;
    const lost = withCalls({
      update: (...args) =>
        left-- > 0 ? Promise.reject(new Error("socket hang up")) : world.swarm.update(...args),
    });
    expect(await healed(lost)).toMatchObject({ outcome: "healed" });
  });

  it("an update that is refused leaves all as it was", async () => {
    const refused = withCalls({
      update: () => Promise.reject(new HttpError(400, "invalid mount")),
    });
    expect(await healed(refused)).toMatchObject({
      outcome: "discarded",
      detail: "Swarm refused to update it: invalid mount",
    });
  });

  it("managers without a leader are waited for", async () => {
    let left = 5;
    const leaderless = withCalls({
      tasks: (...args) =>
        left-- > 0
          ? Promise.reject(new HttpError(503, "The swarm does not have a leader."))
          : world.swarm.tasks(...args),
    });
    expect(await healed(leaderless)).toMatchObject({ outcome: "healed" });
  });

  it("but not for ever: the journal stays open", async () => {
    const entry: Entry = { phase: "open", end: null };
    const gone = withCalls({ tasks: () => Promise.reject(new HttpError(503, "no leader")) });
    await expect(runSwarmHeal(leaseOn(entry), partsOf(gone), NEVER)).rejects.toMatchObject({
      code: "HEAL_INTERRUPTED",
    });
    expect(entry).toEqual({ phase: "watching", end: null });
  });
});

class Killed extends Error {}

/** A process that dies at its n-th step. From then on nothing that it tries does anything. */
function mortal(lives: number): { step: (what: string) => void; diedAt: () => string | null } {
  let left = lives;
  let died: string | null = null;
  return {
    step(what) {
      if (died === null && left-- > 0) return;
      died ??= what;
      throw new Killed(died);
    },
    diedAt: () => died,
  };
}

/** Every call can be the last: before the engine has heard of it, or before its answer is read. */
function mortalSwarm(step: (what: string) => void): SwarmEngine {
  const dying = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    step(`before ${what}`);
    const answer = await call();
    step(`after ${what}`);
    return answer;
  };
  const { swarm } = world;
  return {
    ...swarm,
    update: (...args) => dying("update", () => swarm.update(...args)),
    service: (...args) => dying("service", () => swarm.service(...args)),
    tasks: (...args) => dying("tasks", () => swarm.tasks(...args)),
  };
}

/** Runs a heal that is killed at its n-th step, lets Swarm go on meanwhile, and recovers it. */
async function killedAt(n: number): Promise<{ point: string | null; end: HealEnd | null }> {
  const life = mortal(n);
  const entry: Entry = { phase: "open", end: null };
  const dyingParts = partsOf({ swarm: mortalSwarm(life.step), patience: 0 });
  await runSwarmHeal(leaseOn(entry, life.step), dyingParts, NEVER).catch((error: unknown) => {
    if (life.diedAt() === null) throw error;
  });
  for (let moment = 0; moment < n % 4; moment++) world.step();
  if (entry.end === null) await recoverSwarmHeal(leaseOn(entry), partsOf(), NEVER);
  return { point: life.diedAt(), end: entry.end };
}

describe("killed at any step, the heal ends, and Swarm was asked once at most", () => {
  it.each([
    ["a good image", "run", "healed"],
    ["a bad image", "crash", "failed"],
  ] as const)("%s", async (_, newTasks, outcome) => {
    const points: string[] = [];
    for (let n = 0; ; n++) {
      world = new FakeSwarm();
      world.newTasks = newTasks;
      const { point, end } = await killedAt(n);
      expect(world.updates, `killed at ${point ?? "none"}`).toBeLessThanOrEqual(1);
      expect(end?.outcome).toBe(world.updates === 1 ? outcome : "discarded");
      if (point === null) break;
      points.push(point);
    }
    expect(points).toContain("after update");
    expect(points).toContain("enter watching");
    expect(points).toContain("close");
  });
});

describe("recovery", () => {
  const recovered = async (phase: Entry["phase"]): Promise<HealEnd> =>
    recoverSwarmHeal(leaseOn({ phase, end: null }), partsOf(), NEVER);

  it.each(["open", "updating"] as const)(
    "does not ask anew what Swarm never got (%s)",
    async (phase) => {
      expect(await recovered(phase)).toMatchObject({
        outcome: "discarded",
        detail: "cut off before Swarm had taken the update",
      });
      expect(world.updates).toBe(0);
    },
  );

  it("recognises its update after Swarm has gone back on it", async () => {
    world.newTasks = "crash";
    await world.swarm.update("web-id", 11, { ...world.current?.spec }, NEVER);
    expect(await recovered("updating")).toMatchObject({ outcome: "failed" });
  });

  it("ends where nothing can be seen any more", async () => {
    world.isManager = false;
    expect(await recovered("watching")).toMatchObject({
      outcome: "left",
      detail: expect.stringContaining("this host is a worker of its swarm") as string,
    });
  });

  it("ends where the service is gone", async () => {
    world.current = null;
    expect(await recovered("updating")).toMatchObject({
      outcome: "left",
      detail: "somebody removed the service",
    });
  });
});

describe("a shutdown", () => {
  it("leaves the heal open for the next start", async () => {
    const stop = new AbortController();
    const entry: Entry = { phase: "open", end: null };
    const reason = new Error("SIGTERM");
    const parts = partsOf({
      progress: ({ step }) => {
        if (step === "gate") stop.abort(reason);
      },
    });
    await expect(runSwarmHeal(leaseOn(entry), parts, stop.signal)).rejects.toBe(reason);
    expect(entry).toEqual({ phase: "watching", end: null });
    await recoverSwarmHeal(leaseOn(entry), partsOf(), NEVER);
    expect(entry.end?.outcome).toBe("healed");
  });
});

import { describe, expect, vi } from "vitest";
import { privateEngineForFile } from "../harness/engines-in-tests.ts";
import { tagImage } from "../harness/images.ts";
import type { Environment, LogLine, RunningDaemon } from "../harness/program.ts";
import { eventually } from "../harness/wait.ts";
import { healing, journal, only } from "./heal-scene.ts";
import { events, itOn, type Scene } from "./scene.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Its own: what happens on it is what these tests are about. One test at a time, each leaves it running. */
const engine = privateEngineForFile();
const it = itOn(engine);

/** Never: whatever happens after the first scan, an event has led to it. */
const NEVER = { STALEWATCH_SCHEDULE: "0 0 1 1 *" };

/** A daemon that has looked once and follows the engine. */
async function follower(scene: Scene, more: Environment = {}): Promise<RunningDaemon> {
  const daemon = scene.daemon({ ...NEVER, ...more });
  await daemon.logged("scan");
  await quiet(daemon);
  return daemon;
}

/** Waits until no event has led to a scan for longer than one ever waits. */
async function quiet(daemon: RunningDaemon): Promise<void> {
  let before = -1;
  await eventually(
    "no scan for a while",
    () => {
      const now = byEvents(daemon).length;
      const isQuiet = now === before;
      before = now;
      return isQuiet;
    },
    { intervalMs: 2_500, timeoutMs: 60_000 },
  );
}

/** Its replacements are on trial for this long. */
const slowHealing = (scene: Scene, settle: string): Environment =>
  healing(scene, { STALEWATCH_HEAL_SETTLE: settle });

/** Heals begin with a scan by the schedule, as after a re-read of the configuration. Waits until one is on trial. */
async function healBegins(scene: Scene, daemon: RunningDaemon): Promise<void> {
  await scene.messageWith("1 container stale");
  daemon.signal("SIGHUP");
  await daemon.logged("heal-step", ({ step }) => step === "gate");
}

const byEvents = (daemon: RunningDaemon): readonly LogLine[] =>
  events(daemon, "scan").filter(({ cause }) => cause === "events");

const timeOf = (line: LogLine | undefined): number => Date.parse(String(line?.["time"]));

describe("the daemon, whatever its schedule", () => {
  it("tells of a build when it happens, and of its end", async ({ scene }) => {
    const web = await scene.start("web");
    const daemon = await follower(scene);
    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scene.recreate(web);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
    expect(events(daemon, "scan").filter(({ cause }) => cause === "schedule")).toHaveLength(1);
  });

  it("scans in two calls and writes nothing after an event that changes nothing", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = await follower(scene);
    await scene.engine.docker.getContainer(web.name).restart();
    const line = await daemon.logged("scan", ({ cause }) => cause === "events");
    expect(line).toMatchObject({ calls: 2, wrote: false });
  });

  it("goes on by its schedule while events come", async ({ scene }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon();
    await daemon.logged("scan");
    const id = await scene.build(web);
    for (let i = 0; i < 100; i++) await tagImage(scene.engine, id, `${web.image}:${String(i)}`);
    await eventually("three more by schedule", () => {
      return events(daemon, "scan").filter(({ cause }) => cause === "schedule").length > 3;
    });
  });
});

describe("a storm of events", () => {
  it("costs no more than one scan a second, and its end is seen", async ({ scene }) => {
    const web = await scene.start("web");
    const id = await scene.build(scene.service("other"));
    const daemon = await follower(scene);
    const from = byEvents(daemon).length;
    const began = Date.now();
    for (let i = 0; i < 3_000; i++)
      await tagImage(scene.engine, id, `${web.image}:storm-${String(i % 10)}`);
    await scene.build(web);
    const ended = Date.now();
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    const times = byEvents(daemon).slice(from).map(timeOf);
    const seconds = ((times.at(-1) ?? ended) - began) / 1000;
    expect(times.length).toBeLessThanOrEqual(Math.floor(seconds) + 1);
  });
});

describe("a heal of the daemon's own", () => {
  it("leads to no scan by what it does itself, and is done once", async ({ scene }) => {
    const web = await scene.start("web");
    const daemon = await follower(scene, slowHealing(scene, "5s"));
    const old = await only(scene, web);
    await scene.build(web);
    await healBegins(scene, daemon);
    expect(await scene.messageWith("1 container healed", 60_000)).toContain(web.name);
    const [began, ended] = [events(daemon, "heal-step")[0], events(daemon, "healed")[0]].map(
      timeOf,
    );
    await quiet(daemon);
    const during = byEvents(daemon)
      .map(timeOf)
      .filter((time) => time > Number(began) && time < Number(ended));
    expect(during).toEqual([]);
    expect((await only(scene, web)).id).not.toBe(old.id);
    expect((await journal(scene)).map(({ outcome }) => outcome)).toEqual(["healed"]);
  });

  it("does not keep it from seeing what else happens meanwhile", async ({ scene }) => {
    const [web, api] = [await scene.start("web"), await scene.start("api")];
    const daemon = await follower(scene, slowHealing(scene, "20s"));
    await scene.build(web);
    await healBegins(scene, daemon);
    await quiet(daemon);
    const before = byEvents(daemon).length;
    await scene.build(api);
    expect(await scene.messageWith(`Stale: ${api.name} `)).not.toContain("Healed: ");
    expect(byEvents(daemon).length).toBeGreaterThan(before);
  });

  it("begins by the schedule alone, so that the breaker counts what is due at one time", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = await follower(scene, healing(scene));
    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scene.engine.docker.getContainer(web.name).restart();
    await daemon.logged("scan", ({ cause }) => cause === "events");
    await quiet(daemon);
    expect(events(daemon, "heal-step")).toEqual([]);
  });
});

describe("an engine that restarts", () => {
  it("is followed again, and what happened meanwhile is seen", async ({ scene }) => {
    const web = await scene.start("web", { restart: "always" });
    const daemon = await follower(scene);
    await engine().killDaemon();
    const lost = await daemon.logged("events-lost");
    expect(lost).toMatchObject({ level: "warn" });
    await engine().startDaemon();
    await daemon.logged("events-followed");
    await daemon.logged("scan", ({ cause }) => cause === "events");
    await scene.build(web);
    expect(await scene.message(30_000)).toContain(`Stale: ${web.name} `);
    expect(events(daemon, "events-lost")).toHaveLength(1);
  });

  it("and tells of its containers' ends as it stops is no outage, however many that are", async ({
    scene,
  }) => {
    for (const name of ["a", "b", "c"]) await scene.start(name, { restart: "always" });
    const daemon = await follower(scene);
    await engine().stopDaemon();
    await daemon.logged("events-lost");
    await engine().startDaemon();
    await daemon.logged("events-followed");
    await daemon.logged("scan", ({ cause }) => cause === "events");
    expect(events(daemon, "engine-unreachable")).toEqual([]);
    expect(scene.slack.received).toEqual([]);
  });
});

describe("a re-read of the configuration", () => {
  it("follows on, once", async ({ scene }) => {
    const web = await scene.start("web");
    const daemon = await follower(scene);
    daemon.signal("SIGHUP");
    await daemon.logged("reloaded");
    await daemon.logged("scan");
    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    expect(events(daemon, "events-lost")).toEqual([]);
    expect(await daemon.stop()).toBe(0);
  });
});

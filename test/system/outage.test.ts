import { describe, expect } from "vitest";
import type { RunningDaemon } from "../harness/program.ts";
import { privateEngineForFile } from "../harness/engines-in-tests.ts";
import { eventually } from "../harness/wait.ts";
import { historyDocument } from "./documents.ts";
import { events, itOn, scans, type Scene } from "./scene.ts";

/** Its own, because it is stopped and killed. One test at a time, each leaves it running. */
const engine = privateEngineForFile();
const it = itOn(engine);

/** Waits for this many failed scans from now on. */
async function failures(daemon: RunningDaemon, count: number): Promise<void> {
  const from = events(daemon, "engine-unreachable").length;
  await eventually(
    `${String(count)} more failed scans`,
    () => events(daemon, "engine-unreachable").length >= from + count,
    { timeoutMs: 30_000 },
  );
}

async function openIncidents(scene: Scene): Promise<readonly string[]> {
  const { incidents } = historyDocument((await scene.stalewatch(["history", "--json"])).stdout);
  return incidents.filter(({ resolvedAt }) => resolvedAt === null).map(({ id }) => id);
}

describe("an engine that is down when the daemon starts", () => {
  it("is waited for, told once, and watched as soon as it is there", async ({ scene }) => {
    const web = await scene.startStale("web", { restart: "always" });
    await engine().stopDaemon();
    const daemon = scene.daemon();
    const outage = await scene.message();
    expect(outage).toMatch(/^host-1: the engine gives no answer\n/);
    expect(outage).toContain("3 scans in a row failed");
    await failures(daemon, 1);
    expect(scene.slack.received).toHaveLength(1);

    await engine().startDaemon();
    const back = await scene.messageWith("the engine answers again");
    expect(back).toContain("Engine back: it answers again, and its containers are watched again");
    // In the same message, unless the engine answers before it has started its containers.
    if (!back.includes(`Stale: ${web.name} `)) await scene.messageWith(`Stale: ${web.name} `);
  });
});

describe("an engine that goes down later", () => {
  it("is told once, also over a restart of the daemon, and takes no incident with it", async ({
    scene,
  }) => {
    const kept = await scene.startStale("web", { restart: "always" });
    const lost = await scene.startStale("api");
    const first = scene.daemon();
    expect(await scene.message()).toContain("2 containers stale");
    const before = await openIncidents(scene);
    expect(before).toHaveLength(2);

    await engine().stopDaemon();
    expect(await scene.message()).toContain("the engine gives no answer");
    await first.stop();
    const second = scene.daemon();
    await failures(second, 3);
    expect(scene.slack.received).toHaveLength(2);

    await engine().startDaemon();
    expect(await scene.message()).toMatch(/^host-1: the engine answers again\n/);
    await eventually("the container is back", async () => {
      const { State } = await scene.engine.docker.getContainer(kept.name).inspect();
      return State.Running;
    });
    // The other one does not come back: nothing restarts it.
    const { State } = await scene.engine.docker.getContainer(lost.name).inspect();
    expect(State.Running).toBe(false);
    await scans(second, 2);
    expect(scene.slack.received).toHaveLength(3);
    expect(await openIncidents(scene)).toEqual(before);
  });

  it("is told only after three scans in a row: a restart of the engine is no news", async ({
    scene,
  }) => {
    await scene.startStale("web", { restart: "always" });
    // Scans only when it is told to, by a re-read of its configuration.
    const daemon = scene.daemon({ STALEWATCH_SCHEDULE: "0 0 1 1 *" });
    expect(await scene.message()).toContain("1 container stale");
    const before = await openIncidents(scene);

    await engine().killDaemon();
    for (const failed of [1, 2]) {
      daemon.signal("SIGHUP");
      const { message } = await daemon.logged("engine-unreachable");
      expect(message).toBe(`scan ${String(failed)} failed`);
    }
    await engine().startDaemon();
    daemon.signal("SIGHUP");
    await daemon.logged("scan");
    expect(scene.slack.received).toHaveLength(1);
    expect(await openIncidents(scene)).toEqual(before);
  });
});

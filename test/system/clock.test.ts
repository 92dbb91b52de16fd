import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { LogLine } from "../harness/program.ts";
import { historyDocument } from "./documents.ts";
import { proxyTo } from "./engine-proxy.ts";
import { events, it, scans } from "./scene.ts";

const CLOCK = { NODE_OPTIONS: `--import=${join(import.meta.dirname, "shifted-clock.ts")}` };
const HOUR = 3_600_000;

describe.concurrent("a wall clock that is set while the daemon runs", () => {
  it.for([
    ["an hour ahead", HOUR],
    ["an hour back", -HOUR],
  ] as const)("%s: scanning goes on, and what is new is told", async ([, jump], { scene }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon({ ...CLOCK, STALEWATCH_TEST_JUMP: String(jump) });
    await scans(daemon, 1);
    daemon.signal("SIGUSR2");
    await scene.build(web);
    expect(await scene.message(30_000)).toContain(`Stale: ${web.name} `);
    // One line for all ticks that the jump left out, not one for each.
    expect(events(daemon, "tick-missed").length).toBeLessThanOrEqual(1);
  });

  it.for([
    ["an hour ahead", HOUR],
    ["an hour back", -HOUR],
  ] as const)(
    "%s: an open incident is neither ended nor told again",
    async ([, jump], { scene }) => {
      await scene.startStale("web");
      const api = await scene.startStale("api");
      const daemon = scene.daemon({ ...CLOCK, STALEWATCH_TEST_JUMP: String(jump) });
      expect(await scene.message()).toContain("2 containers stale");
      await scene.engine.docker.getContainer(api.name).stop();
      await scans(daemon, 1);
      daemon.signal("SIGUSR2");
      await scans(daemon, 2);
      expect(scene.slack.received).toHaveLength(1);
      const { incidents } = historyDocument((await scene.stalewatch(["history", "--json"])).stdout);
      expect(incidents.map(({ resolvedAt }) => resolvedAt)).toEqual([null, null]);
    },
  );

  it.for([
    ["between two scans", false],
    ["in the middle of one", true],
  ] as const)(
    "an hour ahead, %s: a grace that seems to be over is looked at twice",
    async ([, inScan], { scene, onTestFinished }) => {
      const web = await scene.startStale("web");
      const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
      onTestFinished(() => proxy.close());
      const daemon = scene.daemon({
        ...CLOCK,
        DOCKER_HOST: proxy.host,
        STALEWATCH_GRACE: "30m",
        STALEWATCH_TEST_JUMP: String(HOUR),
      });
      await scans(daemon, 1);
      const jump = once(() => daemon.signal("SIGUSR2"));
      const before = daemon.log.length;
      if (inScan)
        proxy.before((path) => {
          if (path.includes("/containers/json")) jump();
          return Promise.resolve();
        });
      else jump();
      expect(await scene.message()).toContain(`Stale: ${web.name} `);
      const after = daemon.log.slice(before).map(({ event }) => event);
      // The log tells the news of a scan before it counts it: the scan after the jump told none.
      expect(after.indexOf("scan")).toBeLessThan(after.indexOf("stale"));
    },
  );
});

function once(act: () => void): () => void {
  let left = 1;
  return () => {
    if (left-- > 0) act();
  };
}

describe.concurrent("the change to summer or winter time in Berlin", () => {
  const BERLIN = { ...CLOCK, STALEWATCH_TIMEZONE: "Europe/Berlin" };

  it.for([
    ["every five minutes, into summer", "*/5 * * * *", "2026-03-29T01:00:00Z"],
    ["every hour, into summer", "0 * * * *", "2026-03-29T01:00:00Z"],
    ["every five minutes, into winter", "*/5 * * * *", "2026-10-25T01:00:00Z"],
    ["every hour, into winter", "0 * * * *", "2026-10-25T01:00:00Z"],
    ["every five minutes, out of the repeated hour", "*/5 * * * *", "2026-10-25T02:00:00Z"],
  ] as const)("%s: no scan is left out", async ([, schedule, due], { scene }) => {
    const daemon = scene.daemon({
      ...BERLIN,
      STALEWATCH_TEST_CLOCK: shortlyBefore(due),
      STALEWATCH_SCHEDULE: schedule,
    });
    await daemon.logged("scan");
    // Any later tick would be minutes away. What other tests do on the engine leads to scans, too.
    const tick = await daemon.logged("scan", ({ cause }) => cause === "schedule");
    expect(Date.parse(String(tick["time"]))).toBeGreaterThanOrEqual(Date.parse(due));
    expect(events(daemon, "tick-missed")).toEqual([]);
  });

  it("once a second: goes on over both", async ({ scene }) => {
    const changes = ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"].map(async (change, i) => {
      const state = scene.file(`state-${String(i)}`);
      mkdirSync(state);
      const clock = { STALEWATCH_TEST_CLOCK: shortlyBefore(change), STALEWATCH_STATE: state };
      const daemon = scene.daemon({ ...BERLIN, ...clock });
      const isAfter = ({ time }: LogLine): boolean => Date.parse(String(time)) > Date.parse(change);
      for (let tick = 0; tick < 3; tick++) await daemon.logged("scan", isAfter);
    });
    await Promise.all(changes);
  });
});

/** Time enough for the daemon to start, also on a busy machine. */
function shortlyBefore(time: string): string {
  return new Date(Date.parse(time) - 20_000).toISOString();
}

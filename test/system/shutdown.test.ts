import { describe, expect } from "vitest";
import type { RunningDaemon } from "../harness/program.ts";
import { proxyTo } from "./engine-proxy.ts";
import { it, scans } from "./scene.ts";

/** What a service manager's stop is worth: it kills what has not ended by then. */
const IN_TIME = 5_000;

async function expectCleanEnd(daemon: RunningDaemon, signal: NodeJS.Signals): Promise<void> {
  const asked = performance.now();
  expect(await daemon.stop(signal)).toBe(0);
  expect(performance.now() - asked).toBeLessThan(IN_TIME);
  expect(daemon.log.at(-1)?.event).toBe("stopped");
}

describe.concurrent.for(["SIGTERM", "SIGINT"] as const)("%s ends the daemon in time", (signal) => {
  it("while it waits for the next scan", async ({ scene }) => {
    const daemon = scene.daemon({ STALEWATCH_SCHEDULE: "0 0 1 1 *" });
    await daemon.logged("scan");
    await expectCleanEnd(daemon, signal);
  });

  it("while the engine hangs in the middle of an answer", async ({ scene, onTestFinished }) => {
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const daemon = scene.daemon({ DOCKER_HOST: proxy.host });
    await daemon.logged("scan");
    proxy.hang();
    await daemon.logged("tick-skipped");
    await expectCleanEnd(daemon, signal);
  });

  it("while the engine hangs before the first scan", async ({ scene, onTestFinished }) => {
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    proxy.hang();
    const daemon = scene.daemon({ DOCKER_HOST: proxy.host });
    await daemon.logged("tick-skipped");
    await expectCleanEnd(daemon, signal);
  });

  it("while Slack hangs", async ({ scene }) => {
    await scene.startStale("web");
    scene.slack.script({ kind: "hang" });
    const daemon = scene.daemon();
    const cutOff = await scene.message();
    await expectCleanEnd(daemon, signal);
    scene.daemon();
    expect(await scene.message()).toBe(cutOff);
  });
});

describe("a scan that takes longer than the schedule allows", () => {
  it("skips the ticks meanwhile, counts them and says so", async ({ scene, onTestFinished }) => {
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const daemon = scene.daemon({ DOCKER_HOST: proxy.host });
    await scans(daemon, 1);
    proxy.hang();
    for (const skipped of [1, 2, 3])
      expect(await daemon.logged("tick-skipped")).toMatchObject({ level: "warn", skipped });
    proxy.goOn();
    await scans(daemon, 1);
    await daemon.stop();
  });
});

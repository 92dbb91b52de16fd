import { chownSync, chmodSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect } from "vitest";
import type { Circumstances, RunningDaemon } from "../harness/program.ts";
import { proxyTo } from "./engine-proxy.ts";
import { it, scans, type Scene } from "./scene.ts";

const NOBODY = 65534;

/** With a disk of this size at the state directory, which only the program sees and which goes with it. */
function onDisk(size: string, { state }: Scene): Circumstances {
  return {
    via: [
      "unshare",
      "-m",
      "sh",
      "-c",
      `mount -t tmpfs -o size=${size} none ${state} && exec "$@"`,
      "sh",
    ],
  };
}

/** The state directory as that daemon sees it. */
function diskOf({ pid }: RunningDaemon, { state }: Scene): string {
  return join("/proc", String(pid), "root", state);
}

describe.concurrent("a state directory that cannot be written", () => {
  it("does not keep the daemon from alerting, once, and it says so", async ({
    scene,
    onTestFinished,
  }) => {
    const web = await scene.startStale("web");
    scene.giveTo(NOBODY);
    chownSync(scene.state, 0, 0);
    chmodSync(scene.state, 0o755);
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const env = { DOCKER_HOST: proxy.host };
    const daemon = scene.daemon(env, { uid: NOBODY });
    expect(await daemon.logged("state-degraded")).toMatchObject({ level: "error" });
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scans(daemon, 2);
    await scene.recreate(web);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
    expect(scene.slack.received).toHaveLength(2);
    expect(readdirSync(scene.state)).toEqual([]);

    const check = await scene.stalewatch(["check", web.name], env, { uid: NOBODY });
    expect(check.code).toBe(0);
    expect(check.stderr).toContain("stalewatch: judging from the engine alone: ");
    const hold = await scene.stalewatch(["hold", web.name], env, { uid: NOBODY });
    expect(hold.code).toBe(3);
    expect(hold.stderr).toContain(
      "run as root or as a member of the group that owns the directory",
    );
    expect(await daemon.stop()).toBe(0);
  });

  it("because one may not enter it is said by every command", async ({ scene, onTestFinished }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    scene.giveTo(NOBODY);
    chownSync(scene.state, 0, 0);
    chmodSync(scene.state, 0o770);
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const asNobody = (...args: string[]): ReturnType<Scene["stalewatch"]> =>
      scene.stalewatch(args, { DOCKER_HOST: proxy.host }, { uid: NOBODY });
    const denied = `cannot use ${join(scene.state, "stalewatch.db")}: EACCES`;

    const check = await asNobody("check", web.name);
    expect(check.code).toBe(2);
    expect(check.stderr).toContain(`judging from the engine alone: ${denied}`);
    const doctor = await asNobody("doctor", "--json");
    const { findings } = JSON.parse(doctor.stdout) as { findings: object[] };
    const hint = expect.stringContaining("as a member of the group") as string;
    const message = expect.stringContaining(denied) as string;
    expect(findings).toContainEqual({ about: "state", result: "fail", message, hint });
    expect(findings).toContainEqual({
      about: "daemon",
      result: "warn",
      message: "cannot be told whether it runs",
      hint,
    });
    expect((await asNobody("history")).stderr).toContain("cannot use");
  });

  it("because it cannot even be made is told, and the daemon alerts all the same", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon({ STALEWATCH_STATE: "/sys/stalewatch/state" });
    const told = await daemon.logged("state-directory");
    expect(told).toMatchObject({
      level: "error",
      error: expect.stringContaining("mkdir") as string,
    });
    expect(told).not.toHaveProperty("stack");
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
  });

  it("because a file is in its place is told, and the daemon alerts all the same", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    scene.daemon({ STALEWATCH_STATE: scene.file("a-file", "") });
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
  });
});

describe.concurrent("a full disk", () => {
  it("from the start on does not keep the daemon from alerting", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon({}, onDisk("4k", scene));
    expect(await daemon.logged("state-degraded")).toMatchObject({ level: "error" });
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scans(daemon, 2);
    expect(scene.slack.received).toHaveLength(1);
    expect(await daemon.stop()).toBe(0);
  });

  it("later: what happens meanwhile is told, and written when there is room again", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const daemon = scene.daemon({}, onDisk("1m", scene));
    await scans(daemon, 1);
    const disk = diskOf(daemon, scene);
    const filler = join(disk, "filler");
    expect(() => {
      writeFileSync(filler, Buffer.alloc(2 * 1024 * 1024));
    }).toThrow("ENOSPC");
    await scene.build(web);
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    expect(await daemon.logged("state-degraded")).toMatchObject({ level: "error" });
    await scans(daemon, 2);

    rmSync(filler);
    await daemon.logged("state-recovered");
    const inside = { via: ["nsenter", "-t", String(daemon.pid), "-m"] };
    const { stdout } = await scene.stalewatch(["history"], {}, inside);
    expect(stdout).toContain(web.name);
    await scene.recreate(web);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
    expect(scene.slack.received).toHaveLength(2);
  });
});

describe.concurrent("a state file", () => {
  it("that is damaged is set aside, and the watching goes on", async ({ scene }) => {
    const web = await scene.startStale("web");
    writeFileSync(
      join(scene.state, "stalewatch.db"),
      "this is no database, whatever it is called".repeat(99),
    );
    const check = await scene.stalewatch(["check", web.name]);
    expect(check.code).toBe(2);
    expect(check.stderr).toContain("judging from the engine alone: ");
    const daemon = scene.daemon();
    expect(await daemon.logged("state-replaced")).toMatchObject({
      level: "error",
      setAside: expect.stringContaining(".corrupt-") as string,
    });
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    expect(readdirSync(scene.state).some((name) => name.includes(".corrupt-"))).toBe(true);
    const { stdout } = await scene.stalewatch(["doctor"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("a damaged state was set aside as");
  });

  it("of a newer program is left alone", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    await daemon.stop();
    const file = new DatabaseSync(join(scene.state, "stalewatch.db"));
    file.exec("PRAGMA user_version = 9999");
    file.close();
    const run = await scene.stalewatch(["run"]);
    expect(run.code).toBe(78);
    expect(run.stderr).toContain("was written by a newer stalewatch");
    const check = await scene.stalewatch(["check", web.name]);
    expect(check.code).toBe(2);
    expect(check.stderr).toContain("was written by a newer stalewatch");
  });

  it("that vanishes under the daemon is made again, with all that the daemon knew", async ({
    scene,
  }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await daemon.logged("delivered");
    rmSync(scene.state, { recursive: true });
    expect(await daemon.logged("state-removed")).toMatchObject({
      level: "error",
      path: join(scene.state, "stalewatch.db"),
    });
    await daemon.logged("state-recovered");
    expect((await scene.stalewatch(["history"])).stdout).toContain(web.name);
    const { stdout } = await scene.stalewatch(["doctor"]);
    expect(stdout).toContain(`runs: pid ${String(daemon.pid)}`);
    expect((await scene.stalewatch(["run"])).stderr).toContain("already uses the state directory");
    await scene.recreate(web);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
    expect(scene.slack.received).toHaveLength(2);
    expect(daemon.log.filter(({ event }) => event === "state-removed")).toHaveLength(1);
    expect(await daemon.stop()).toBe(0);
  });
});

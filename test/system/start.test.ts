import { mkdirSync, statSync } from "node:fs";
import { describe, expect } from "vitest";
import { it } from "./scene.ts";

describe.concurrent("a configuration that cannot be used", () => {
  it("ends `run` with 78 and every problem, each with its place", async ({ scene }) => {
    const file = scene.file(
      "stalewatch.yaml",
      [
        "grace: fifteen",
        "schedule: every day",
        "timezone: Europe/Atlantis",
        "strategy: newest-tag",
        "notify:",
        "  slak: { webhookUrl: https://hooks.example/x }",
        "excludes: [web]",
      ].join("\n"),
    );
    const env = { STALEWATCH_GRACE: "", STALEWATCH_SCHEDULE: "", STALEWATCH_EXCLUDE: "" };
    const { code, stderr, stdout } = await scene.stalewatch(["--config", file, "run"], {
      ...env,
      STALEWATCH_MODE: "heel",
    });
    expect(code).toBe(78);
    expect(stdout).toBe("");
    expect(stderr).toContain(`the configuration ${file} has 7 problems:`);
    for (const problem of [
      'grace: "fifteen" is not a duration (line 1)',
      'schedule: "every day" is not a cron expression',
      'timezone: "Europe/Atlantis" is not a time zone of this system (line 3)',
      'strategy: "newest-tag" says nothing without tags (line 4); set tags',
      "notify.slak: unknown key (line 6)",
      "excludes: unknown key (line 7)",
      'mode: "heel" is not',
    ])
      expect(stderr).toContain(problem);
    expect(stderr).toContain("did you mean exclude?");
    expect(stderr).toContain("(env STALEWATCH_MODE)");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.for([
    ["that is not YAML", "grace: [15m\nmode: {"],
    ["that is no mapping", "- grace\n- mode\n"],
    ["that is binary", "\u0000\u0001\ufffd"],
  ])("%s", async ([, content = ""], { scene }) => {
    const file = scene.file("stalewatch.yaml", content);
    const { code, stderr } = await scene.stalewatch(["--config", file, "run"]);
    expect(code).toBe(78);
    expect(stderr).toContain(`stalewatch: the configuration ${file} has`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("that is not there, or a directory", async ({ scene }) => {
    const missing = await scene.stalewatch(["--config", scene.file("none.yaml"), "run"]);
    expect(missing.code).toBe(78);
    expect(missing.stderr).toContain("none.yaml: does not exist");
    const directory = await scene.stalewatch(["--config", scene.state, "run"]);
    expect(directory.code).toBe(78);
    expect(directory.stderr).toContain("is a directory");
  });

  it("makes any other command end with 3, in JSON too", async ({ scene }) => {
    const env = { STALEWATCH_TIMEZONE: "Nowhere" };
    const { code, stdout } = await scene.stalewatch(["check", "--json"], env);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      error: {
        code: "CONFIG_INVALID",
        message: expect.stringContaining('timezone: "Nowhere" is not a time zone') as string,
        hint: expect.any(String) as string,
      },
    });
    // Also of a container that is called like a command.
    expect((await scene.stalewatch(["check", "run"], env)).code).toBe(3);
  });
});

describe.concurrent("two daemons on one state directory", () => {
  it("are refused: the second names the first and ends", async ({ scene }) => {
    const first = scene.daemon();
    await first.logged("started");
    const asked = performance.now();
    const second = await scene.stalewatch(["run"]);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(second.code).toBe(3);
    expect(second.stderr).toContain(`stalewatch run (pid ${String(first.pid)}, since `);
    expect(second.stderr).toContain(`already uses the state directory ${scene.state}`);

    await first.stop("SIGKILL");
    const third = scene.daemon();
    await third.logged("scan");
    expect(await third.stop()).toBe(0);
  });

  it("may both run on state directories of their own", async ({ scene }) => {
    const other = scene.file("other");
    mkdirSync(other);
    const daemons = [scene.daemon(), scene.daemon({ STALEWATCH_STATE: other })];
    for (const daemon of daemons) await daemon.logged("scan");
  });
});

describe.concurrent("the first start", () => {
  it("makes the state directory, for the group and nobody else", async ({ scene }) => {
    const state = scene.file("new/state");
    const daemon = scene.daemon({ STALEWATCH_STATE: state });
    await daemon.logged("scan");
    expect((statSync(state).mode & 0o7777).toString(8)).toBe("2770");
  });

  it("says what it watches with, and writes one JSON document a line", async ({ scene }) => {
    const daemon = scene.daemon();
    expect(await daemon.logged("started")).toMatchObject({
      level: "info",
      time: expect.any(String) as string,
      schedule: "* * * * * *",
      config: null,
      channels: ["slack"],
    });
    await daemon.stop();
    expect(daemon.log).toHaveLength(daemon.raw.length);
    expect(daemon.stdout()).toBe("");
  });
});

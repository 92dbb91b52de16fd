import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { it, scans } from "./scene.ts";

const SECRET = "https://hooks.slack.com/services/T000/B000/s3cret";

describe.concurrent("config", () => {
  it("shows every value with its origin, and no secret", async ({ scene }) => {
    const file = scene.file("stalewatch.yaml", `grace: 7m\nnotify:\n  reminder: 4h\n`);
    const { code, stdout, stderr } = await scene.stalewatch(
      ["--config", file, "--host", "unix:///run/other.sock", "config"],
      { STALEWATCH_GRACE: "", STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: SECRET },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`# ${file}\n`);
    expect(stdout).toContain("host: unix:///run/other.sock  # flag --host");
    expect(stdout).toContain(`grace: 7m  # file ${file}:1`);
    expect(stdout).toContain(`reminder: 4h  # file ${file}:3`);
    expect(stdout).toContain('schedule: "* * * * * *"  # env STALEWATCH_SCHEDULE');
    expect(stdout).toContain("timeout: 15s  # default");
    expect(stdout).toMatch(/webhookUrl: "?\*+"?  # env STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL/);
    expect(stdout).not.toContain("s3cret");
  });

  it("is a document with --json", async ({ scene }) => {
    const { stdout } = await scene.stalewatch(["config", "--json"]);
    const { schemaVersion, file, values } = JSON.parse(stdout) as {
      schemaVersion: number;
      file: string | null;
      values: { path: string; value: unknown; origin: string }[];
    };
    expect({ schemaVersion, file }).toEqual({ schemaVersion: 1, file: null });
    const value = (path: string): object | undefined => values.find((one) => one.path === path);
    expect(value("grace")).toEqual({ path: "grace", value: "0s", origin: "env STALEWATCH_GRACE" });
    expect(value("engine.host")).toEqual({
      path: "engine.host",
      value: scene.env["DOCKER_HOST"],
      origin: "env DOCKER_HOST",
    });
    expect(value("notify.slack.webhookUrl")).toEqual({
      path: "notify.slack.webhookUrl",
      value: "********",
      origin: "env STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL",
    });
    expect(value("mode")).toEqual({ path: "mode", value: "alert", origin: "default" });
  });

  it("takes a secret from a file or a systemd credential", async ({ scene }) => {
    const origin = async (env: Record<string, string>): Promise<string | undefined> => {
      const all = { STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: "", ...env };
      const { stdout } = await scene.stalewatch(["config"], all);
      expect(stdout).not.toContain("s3cret");
      return /webhookUrl: .*# (.*)/.exec(stdout)?.[1];
    };
    const file = scene.file("secret", `${SECRET}\n`);
    expect(await origin({ STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL_FILE: file })).toBe(
      "env STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL_FILE",
    );
    const credentials = scene.file("credentials");
    mkdirSync(credentials);
    writeFileSync(join(credentials, "notify.slack.webhookUrl"), SECRET);
    expect(await origin({ CREDENTIALS_DIRECTORY: credentials })).toBe(
      "credential notify.slack.webhookUrl",
    );
  });
});

describe.concurrent("doctor", () => {
  it("finds nothing wrong in good surroundings", async ({ scene }) => {
    await scene.start("web");
    const daemon = scene.daemon();
    await scans(daemon, 1);
    const { code, stdout } = await scene.stalewatch(["doctor"]);
    expect(stdout).not.toMatch(/^(warn|fail) /m);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}config {4}no file: defaults and environment$/m);
    expect(stdout).toContain(`\nok    engine    host-1: Docker ${scene.engine.version}, API `);
    expect(stdout).toMatch(/^ok {4}clock {5}agrees with the engine's$/m);
    expect(stdout).toContain(`runs: pid ${String(daemon.pid)}, since 20`);
    expect(stdout).toContain("slack (`stalewatch test-notify` tries them)");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("is a document with --json", async ({ scene }) => {
    const { stdout } = await scene.stalewatch(["doctor", "--json"]);
    const { schemaVersion, findings } = JSON.parse(stdout) as {
      schemaVersion: number;
      findings: object[];
    };
    expect(schemaVersion).toBe(1);
    expect(findings).toContainEqual({
      about: "daemon",
      result: "warn",
      message: "is not running",
      hint: "`systemctl start stalewatch`, or `stalewatch run`",
    });
    for (const finding of findings)
      expect(Object.keys(finding)).toEqual(["about", "result", "message", "hint"]);
  });

  it("says what to do about each weakness", async ({ scene }) => {
    const daemon = scene.daemon();
    await scans(daemon, 1);
    await daemon.stop();
    chmodSync(scene.state, 0o777);
    const { code, stdout } = await scene.stalewatch(["doctor"], {
      DOCKER_HOST: `unix://${scene.file("none.sock")}`,
      STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL: "",
    });
    expect(code).toBe(1);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("fail engine cannot reach the engine at unix://");
    expect(words).toContain("→ is Docker installed and running");
    expect(words).toContain("is open to everybody (mode 777) → chmod 2770");
    expect(words).toContain("warn daemon is not running →");
    expect(words).toContain("warn channels none configured: alerts only reach the log →");
  });

  it("reads a broken configuration as what is wrong", async ({ scene }) => {
    const { code, stdout } = await scene.stalewatch(["doctor"], { STALEWATCH_GRACE: "banana" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail {2}config /);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain('grace: "banana" is not a duration');
  });

  it("names what waits for a Slack that does not answer", async ({ scene }) => {
    scene.slack.script({ kind: "status", status: 500 });
    await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivery-postponed");
    await daemon.stop("SIGKILL");
    const { code, stdout } = await scene.stalewatch(["doctor"]);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /warn messages 1 waits to be delivered, the oldest for \d+ s → `stalewatch test-notify`/,
    );
  });
});

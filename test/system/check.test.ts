import { describe, expect } from "vitest";
import { eventually } from "../harness/wait.ts";
import { checkDocument, errorDocument } from "./documents.ts";
import { it, scans } from "./scene.ts";

describe.concurrent("the exit code of check", () => {
  it("is 0 while everything is fresh", async ({ scene }) => {
    await scene.start("web");
    const { code, stdout } = await scene.stalewatch(["check", "--project", scene.project]);
    expect(code).toBe(0);
    expect(stdout).toContain("host-1: 1 fresh\n");
    expect(stdout).toContain("\nNothing to do.\n");
  });

  it("is 0 while something is pending, and 1 with --strict", async ({ scene }) => {
    await scene.startStale("web");
    const env = { STALEWATCH_GRACE: "1h" };
    const lenient = await scene.stalewatch(["check", "--project", scene.project], env);
    expect(lenient.code).toBe(0);
    expect(lenient.stdout).toContain("host-1: 1 pending\n");
    expect(lenient.stdout).toContain("\nNothing to do yet.\n");
    const strict = await scene.stalewatch(["check", "--strict", "--project", scene.project], env);
    expect(strict.code).toBe(1);
  });

  it("is 2 when something is stale, whatever is pending", async ({ scene }) => {
    await scene.startStale("web", { labels: { "stalewatch.grace": "1h" } });
    await scene.startStale("api");
    for (const strict of [[], ["--strict"]])
      expect((await scene.stalewatch(["check", ...strict, "--project", scene.project])).code).toBe(
        2,
      );
  });

  it("is 3 when nothing can be learned", async ({ scene }) => {
    const env = { DOCKER_HOST: `unix://${scene.file("none.sock")}` };
    const { code, stderr, stdout } = await scene.stalewatch(["check"], env);
    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("there is no such socket");
    expect(stderr).toContain("systemctl status docker");
  });
});

describe.concurrent("what check looks at", () => {
  it("is chosen by name, ID, project and service", async ({ scene }) => {
    const [web, api] = [await scene.start("web"), await scene.start("api")];
    const { Id: id } = await scene.engine.docker.getContainer(api.name).inspect();
    const chosen = async (...args: string[]): Promise<string[]> => {
      const { stdout } = await scene.stalewatch(["check", "--json", ...args]);
      return checkDocument(stdout).containers.map(({ name }) => name);
    };
    expect(await chosen(web.name)).toEqual([web.name]);
    expect(await chosen(web.name, api.name)).toEqual([api.name, web.name]);
    expect(await chosen(id.slice(0, 12))).toEqual([api.name]);
    expect(await chosen("--project", scene.project)).toEqual([api.name, web.name]);
    expect(await chosen("--project", scene.project, "--service", "web")).toEqual([web.name]);
    expect(
      await chosen("--project", scene.project, "--service", "web", "--service", "api"),
    ).toEqual([api.name, web.name]);
  });

  it("must run: all fresh would be said of nothing", async ({ scene }) => {
    const web = await scene.start("web");
    await scene.engine.docker.getContainer(web.name).stop();
    const missing = `${scene.project}-nobody`;
    for (const [args, code, message] of [
      [[missing], "UNKNOWN_CONTAINER", `there is no container named ${missing}`],
      [[web.name], "UNKNOWN_CONTAINER", `${web.name} is not running (exited)`],
      [
        ["--project", scene.project],
        "NOTHING_SELECTED",
        `no running container matches --project ${scene.project}`,
      ],
    ] as const) {
      const asked = await scene.stalewatch(["check", "--json", ...args]);
      expect(asked.code).toBe(3);
      expect(errorDocument(asked.stdout)).toEqual({
        schemaVersion: 1,
        error: { code, message, hint: "`stalewatch check` without names lists what runs" },
      });
      expect(asked.stderr).toContain(message);
    }
  });
});

describe.concurrent("the memory of check", () => {
  it("is the daemon's: a divergence keeps its start", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await scans(daemon, 1);
    const [first] = (await scene.check()).containers;
    expect(first?.divergedSince).not.toBeNull();
    await daemon.stop();
    // A still newer build moves the tag's own time; the divergence began with the first.
    await scene.build(web);
    const [later] = (await scene.check()).containers;
    expect(later).toMatchObject({ verdict: "stale", divergedSince: first?.divergedSince });
  });

  it("may be missing: then it judges from the engine alone, and says so", async ({ scene }) => {
    await scene.startStale("web");
    const env = { STALEWATCH_STATE: scene.file("nowhere") };
    const { code, stdout, stderr } = await scene.stalewatch(
      ["check", "--json", "--project", scene.project],
      env,
    );
    expect(code).toBe(2);
    expect(checkDocument(stdout).containers).toMatchObject([{ verdict: "stale" }]);
    expect(stderr).toBe(
      `stalewatch: judging from the engine alone: there is no state in ${scene.file("nowhere")} yet\n`,
    );
  });

  it("tells nobody", async ({ scene }) => {
    await scene.startStale("web");
    expect((await scene.stalewatch(["check"])).code).toBe(2);
    expect(scene.slack.received).toEqual([]);
  });
});

describe.concurrent("check --notify, for a timer in place of the daemon", () => {
  it("sends what is due once, and the end of it", async ({ scene }) => {
    const web = await scene.startStale("web");
    for (const time of [1, 2, 3]) {
      const { code, stdout } = await scene.stalewatch(["check", "--notify"]);
      expect([time, code]).toEqual([time, 2]);
      expect(stdout).toContain(web.name);
    }
    expect(await scene.message()).toContain(`Stale: ${web.name} `);
    await scene.recreate(web);
    expect((await scene.stalewatch(["check", "--notify"])).code).toBe(0);
    expect(await scene.message()).toContain(`Resolved: ${web.name} `);
    expect(scene.slack.received).toHaveLength(2);
  });

  it("tries again with the next call what could not be sent", async ({ scene }) => {
    await scene.startStale("web");
    scene.slack.script({ kind: "status", status: 503 });
    const failed = await scene.stalewatch(["check", "--notify"]);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain("delivery-postponed");
    const lost = await scene.message();
    // Not due at once: the first wait is up to 5 s.
    await eventually("a later call sends it", async () => {
      await scene.stalewatch(["check", "--notify"]);
      return scene.slack.received.length === 2;
    });
    expect(await scene.message()).toBe(lost);
  });

  it("refuses beside a running daemon, and with a selection", async ({ scene }) => {
    const web = await scene.startStale("web");
    const daemon = scene.daemon();
    await daemon.logged("delivered");
    const beside = await scene.stalewatch(["check", "--notify", "--json"]);
    expect(beside.code).toBe(3);
    expect(errorDocument(beside.stdout).error).toMatchObject({
      code: "STATE_LOCKED",
      message: expect.stringContaining(`pid ${String(daemon.pid)}`) as string,
    });
    const part = await scene.stalewatch(["check", "--notify", web.name]);
    expect(part.code).toBe(3);
    expect(part.stderr).toContain("--notify cannot be combined with names");
    expect(scene.slack.received).toHaveLength(1);
  });
});

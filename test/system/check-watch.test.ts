import { describe, expect } from "vitest";
import { startCommand } from "../harness/program.ts";
import { KEYS, startOnTerminal, type Terminal } from "../harness/terminal.ts";
import { eventually } from "../harness/wait.ts";
import { proxyTo } from "./engine-proxy.ts";
import { it, type Scene } from "./scene.ts";

/** `check --watch` of this project on a terminal. */
function watchOn(scene: Scene, args: readonly string[] = [], more = {}): Terminal {
  const command = ["check", "--watch", "--project", scene.project, ...args];
  return startOnTerminal(command, { ...scene.env, ...more }, [100, 24]);
}

/** A container's line. */
const line = (name: string, verdict: string): RegExp => new RegExp(`^${name} +${verdict}\\b`, "m");

describe.concurrent("check --watch on a terminal", () => {
  it("shows what is so now: a build, the end of its grace, and a recreate", async ({ scene }) => {
    const web = await scene.start("web");
    const watch = watchOn(scene, [], { STALEWATCH_GRACE: "5s" });
    await watch.displays(line(web.name, "fresh"));
    expect(watch.screen.isAlternate).toBe(true);
    await scene.build(web);
    await watch.displays(line(web.name, "pending"));
    expect(watch.screen.text).toMatch(/^host-1: 1 pending\n/);
    await watch.displays(line(web.name, "stale"));
    expect(watch.screen.text).toContain("To run what was built last, type:");
    await scene.recreate(web);
    await watch.displays(line(web.name, "fresh"));
    expect(watch.screen.text).toContain("follows the engine's events; q ends");
  });

  it.for([
    ["q", "q", "fresh", 0],
    ["Ctrl-C", KEYS.interrupt, "stale", 2],
  ] as const)(
    "ends with %s: gives the screen back, leaves the last table on it, and the exit code of check",
    async ([, key, verdict, code], { scene }) => {
      const web = verdict === "stale" ? await scene.startStale("web") : await scene.start("web");
      const watch = watchOn(scene);
      await watch.displays(line(web.name, verdict));
      watch.type(key);
      expect(await watch.exited).toBe(code);
      expect(watch.screen.isAlternate).toBe(false);
      expect(watch.screen.text).toMatch(line(web.name, verdict));
      expect(watch.screen.text).not.toContain("q ends");
    },
  );

  it("fits another size of the window at once", async ({ scene }) => {
    const all = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const name of all) await scene.start(name);
    const watch = watchOn(scene);
    await watch.displays(line(`${scene.project}-h-1`, "fresh"));
    watch.resize(70, 12);
    await watch.displays(
      /^host-1: 8 fresh\n[^]*… \d+ more lines: a larger window[^]*\nlooked at .*$/,
    );
    watch.resize(100, 40);
    await watch.displays(line(`${scene.project}-h-1`, "fresh"));
  });

  it("says that the engine gives no answer, and goes on when it does", async ({
    scene,
    onTestFinished,
  }) => {
    const web = await scene.start("web");
    const proxy = await proxyTo(scene.engine, scene.file("engine.sock"));
    onTestFinished(() => proxy.close());
    const watch = watchOn(scene, [], { DOCKER_HOST: proxy.host, STALEWATCH_ENGINE_TIMEOUT: "5s" });
    await watch.displays(line(web.name, "fresh"));
    proxy.hang();
    await scene.build(web);
    await watch.displays(/^! the engine at .* gave no whole answer/m);
    expect(watch.screen.text).toMatch(line(web.name, "fresh"));
    watch.type("q");
    expect(await watch.exited).toBe(3);
  });

  it("shows hostile texts as harmless ones", async ({ scene }) => {
    const evil = "\u001b[2J\u001b]0;owned\u0007";
    const web = await scene.start("web", { labels: { "stalewatch.grace": evil } });
    const watch = watchOn(scene);
    await watch.displays(line(web.name, "fresh"));
    await watch.shows("\\u001b[2J");
  });

  it("fails as check does, where there is nothing to watch", async ({ scene }) => {
    const watch = watchOn(scene, ["nobody"]);
    expect(await watch.exited).toBe(3);
    expect(watch.screen.isAlternate).toBe(false);
  });
});

describe.concurrent("check --watch where there is no terminal", () => {
  it("says so, prints the table whenever it changes, and ends as check would", async ({
    scene,
  }) => {
    const web = await scene.start("web");
    const watch = startCommand(["check", "--watch", "--project", scene.project], scene.env);
    await watch.said("the output is no terminal: the table comes again whenever something in it");
    const verdicts = (): string[] =>
      watch
        .stdout()
        .split(/^(?=\d{4}-\d\d-\d\dT)/m)
        .map((table) => new RegExp(`^${web.name} +(\\w+)`, "m").exec(table)?.[1] ?? table);
    await eventually("the first table", () => line(web.name, "fresh").test(watch.stdout()));
    await scene.build(web);
    await eventually("the next one", () => line(web.name, "stale").test(watch.stdout()));
    // A look in the middle of a build sees it as pending, or its tag nowhere; but no table comes twice.
    const told = verdicts();
    expect([told.at(0), told.at(-1)]).toEqual(["fresh", "stale"]);
    expect(new Set(told).size).toBe(told.length);
    expect(watch.stdout()).not.toContain("\u001b");
    watch.signal("SIGINT");
    expect(await watch.exited).toBe(2);
    expect(verdicts()).toEqual(told);
  });

  it.for([["--json"], ["--notify"]])("is not for %s", async ([option = ""], { scene }) => {
    const { code, stderr } = await scene.stalewatch(["check", "--watch", option]);
    expect(code).toBe(3);
    expect(stderr).toContain(`'--watch' cannot be used with option '${option}'`);
  });
});

import { describe, expect } from "vitest";
import type { Finished } from "../harness/program.ts";
import { HOSTILE_TEXTS } from "../harness/hostile-texts.ts";
import { events, it, type Scene } from "./scene.ts";

const ESCAPE = "\u001b";
/** Whatever moves a cursor, colours, reorders or hides. Line breaks are the output's own. */
const UNSEEN = /[^\P{C}\n]|[\u2028\u2029]/u;

/** On a terminal of 80 columns, as `script` makes one; `\r\n` is the terminal's. */
async function onTerminal(
  scene: Scene,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const shell = 'stty cols 80; exec "$@"';
  const typed = `script -qec "sh -c '${shell.replaceAll('"', '\\"').replaceAll("$", "\\$")}' sh $*" /dev/null`;
  return scene.stalewatch(
    args,
    { TERM: "xterm", SHELL: "/bin/sh", ...env },
    {
      via: ["sh", "-c", typed, "sh"],
    },
  );
}

describe.concurrent("colour", () => {
  it("is used on a terminal", async ({ scene }) => {
    await scene.startStale("web");
    const { stdout, code } = await onTerminal(scene, ["check", "--project", scene.project]);
    expect(code).toBe(2);
    expect(stdout).toContain(`${ESCAPE}[1m${ESCAPE}[31mstale`);
  });

  it("is not used against NO_COLOR, --no-color, a dumb terminal, or without a terminal", async ({
    scene,
  }) => {
    await scene.startStale("web");
    const args = ["check", "--project", scene.project];
    const outputs = [
      await onTerminal(scene, args, { NO_COLOR: "1" }),
      await onTerminal(scene, ["--no-color", ...args]),
      await onTerminal(scene, [...args, "--no-color"]),
      await onTerminal(scene, args, { TERM: "dumb" }),
      await scene.stalewatch(args, { TERM: "xterm", FORCE_COLOR: "3" }),
    ];
    for (const { stdout } of outputs) {
      expect(stdout).toContain("stale");
      expect(stdout).not.toContain(ESCAPE);
    }
  });
});

describe.concurrent("the table", () => {
  it("says what, verdict, since when, why and what next, and ends with the command to type", async ({
    scene,
  }) => {
    const [api, web] = [await scene.start("api"), await scene.startStale("web")];
    const { stdout } = await scene.stalewatch(["check", "--project", scene.project]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("host-1: 1 stale, 1 fresh");
    expect(lines[2]).toMatch(/^CONTAINER +VERDICT +SINCE +WHY, AND WHAT NEXT$/);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toMatch(
      new RegExp(`${web.name} stale \\d+ s ${web.image}:latest was built again [^;]+; alert only`),
    );
    expect(words).toContain(
      `${api.name} fresh - runs the newest local build of ${api.image}:latest`,
    );
    expect(lines.at(-2)).toBe(
      `  docker compose -f /srv/${scene.project}/compose.yaml -p ${scene.project} up -d --no-deps --force-recreate web`,
    );
  });

  it("fits 80 columns whatever the names, and cuts none of them off", async ({ scene }) => {
    const long = "a-service-with-a-name-that-somebody-generated-from-a-branch-and-a-ticket-4711";
    const definition = await scene.startStale(long, {
      labels: { "stalewatch.grace": "a".repeat(50) },
    });
    const shown = await scene.stalewatch(["check", "--project", scene.project]);
    const lines = shown.stdout.split("\n");
    const tooLong = lines.filter(
      (line) => line.length > 80 && !line.startsWith("  docker compose "),
    );
    expect(tooLong).toEqual([]);
    const column = lines.slice(3).map((line) => line.slice(0, 24).trim());
    expect(column.join("")).toContain(definition.name);
  });
});

describe.concurrent("a hostile label", () => {
  it("is inert in the table, the log, the message and every command", async ({ scene }) => {
    const hostile = Object.values(HOSTILE_TEXTS)
      .filter((text) => text.length < 100)
      .join("");
    const definition = scene.service("web", {
      labels: {
        "com.docker.compose.project": hostile,
        "com.docker.compose.service": `--x ${hostile}`,
        "stalewatch.grace": hostile,
        "stalewatch.tags": `${ESCAPE}]0;owned\u0007`,
      },
    });
    await scene.build(definition);
    await scene.run(definition);
    await scene.build(definition, {
      labels: { "org.opencontainers.image.revision": "\u202e4f2c" },
    });
    const daemon = scene.daemon();
    const message = await scene.message();
    expect(message).not.toMatch(UNSEEN);
    expect(message).not.toMatch(/<!channel>|<@U|<http/);
    await daemon.logged("delivered");
    for (const line of daemon.raw) expect(line).not.toMatch(UNSEEN);
    expect(daemon.log).toHaveLength(daemon.raw.length);
    expect(events(daemon, "stale")).toHaveLength(1);
    await daemon.stop();

    await scene.stalewatch(["hold", definition.name, "--reason", hostile.replaceAll("\0", "")]);
    for (const args of [
      ["check", definition.name],
      ["hold", "--list"],
      ["history"],
      ["check", "--project", "nobody\u001b[31m\u202e"],
      ["check", "nobody\u001b[31m\u202e"],
      ["ack", "nobody\u001b[31m\u202e"],
      ["release", "nobody\u001b[31m\u202e"],
      ["hold", "nobody\u001b[31m\u202e", "--for", "1s"],
      ["\u001b[31m\u202e"],
    ]) {
      const { stdout, stderr } = await scene.stalewatch(args);
      expect([args[0], stdout]).toEqual([args[0], stdout.replaceAll(new RegExp(UNSEEN, "gu"), "")]);
      expect([args[0], stderr]).toEqual([args[0], stderr.replaceAll(new RegExp(UNSEEN, "gu"), "")]);
    }
    const onScreen = await onTerminal(scene, ["--no-color", "check", definition.name]);
    expect(onScreen.stdout.replaceAll("\r\n", "\n")).not.toMatch(UNSEEN);
  });
});

describe.concurrent("a reader that has seen enough", () => {
  it.for([
    ["after the first line", "head -1"],
    ["before the first line", "true"],
  ])("%s is no fault", async ([, reader = ""], { scene }) => {
    await scene.start("web");
    const { stderr } = await scene.stalewatch(
      ["check", "--json"],
      {},
      {
        via: ["sh", "-c", `{ "$@"; echo "ended with $?" >&2; } | ${reader}`, "sh"],
      },
    );
    expect(stderr.replace(/^stalewatch: judging from the engine alone.*\n/, "")).toBe(
      "ended with 0\n",
    );
  });
});

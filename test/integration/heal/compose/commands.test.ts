import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ComposeCommand } from "../../../../src/domain/heal/compose-command.ts";
import { composeCommands } from "../../../../src/heal/compose/commands.ts";
import { composeEnvironment } from "../../../../src/heal/compose/environment.ts";
import { processesWith } from "../../../../src/heal/compose/marked-processes.ts";
import { composePrograms } from "../../../../src/heal/compose/programs.ts";
import { eventually } from "../../../harness/wait.ts";
import { folderForTest, type Folder } from "./folder.ts";

const NEVER = new AbortController().signal;
const PATIENT = { patience: 20_000 };
const PATH = "/usr/bin:/bin";
const ADDRESS = { kind: "unix", path: "/run/docker.sock" } as const;

/** A program that is a shell script in a folder. */
function script(folder: Folder, name: string, text: string): ComposeCommand {
  const path = folder.write(name, `#!/bin/sh\n${text}\n`, 0o755);
  return { words: [path], directory: folder.path };
}

const commands = composeCommands({ PATH });

describe("a command", () => {
  it("ends with its exit code and what it wrote, in its directory", async () => {
    const folder = folderForTest();
    const command = script(folder, "run", "pwd; echo oops >&2; exit 3");
    expect(await commands.run(command, PATIENT, NEVER)).toEqual({
      exitCode: 3,
      stdout: `${folder.path}\n`,
      stderr: "oops\n",
    });
  });

  it("sees its own environment and none of ours", async () => {
    process.env["STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL"] = "secret";
    const folder = folderForTest();
    const environment = composeEnvironment(ADDRESS, { ...process.env, PATH, HOME: "/root" });
    if (environment.kind === "refused") throw new Error(environment.reason);
    const own = composeCommands(environment.environment);
    // Not by a shell, which sets variables of its own.
    const command = { words: ["/usr/bin/env"], directory: folder.path } as const;
    const { stdout } = await own.run(command, { ...PATIENT, mark: "h1" }, NEVER);
    delete process.env["STALEWATCH_NOTIFY_SLACK_WEBHOOK_URL"];
    expect(stdout.trim().split("\n").sort()).toEqual([
      "DOCKER_HOST=unix:///run/docker.sock",
      "HOME=/root",
      `PATH=${PATH}`,
      "STALEWATCH_HEAL=h1",
    ]);
  });

  it("cannot read from a terminal or from us", async () => {
    const command = script(folderForTest(), "run", "cat; echo end");
    expect(await commands.run(command, PATIENT, NEVER)).toMatchObject({ stdout: "end\n" });
  });

  it("reads what it is given", async () => {
    const command = script(folderForTest(), "run", "wc -c");
    const input = "x".repeat(1_000_000);
    const { stdout } = await commands.run(command, { ...PATIENT, input }, NEVER);
    expect(stdout.trim()).toBe("1000000");
    const deaf = script(folderForTest(), "run", "exit 0");
    expect(await commands.run(deaf, { ...PATIENT, input }, NEVER)).toMatchObject({ exitCode: 0 });
  });

  it("writes without end, and its end is kept", async () => {
    const command = script(folderForTest(), "run", "yes 0123456789 | head -c 9000000; echo last");
    const { stdout } = await commands.run(command, PATIENT, NEVER);
    expect(stdout.length).toBe(4_000_000);
    expect(stdout.endsWith("last\n")).toBe(true);
  });

  it("is killed after its time, with what it started in other groups", async () => {
    const folder = folderForTest();
    const command = script(folder, "run", "setsid sleep 1000 & echo started; wait");
    const end = await commands.run(command, { patience: 500, mark: "h2" }, NEVER);
    expect(end).toMatchObject({ exitCode: null, stdout: "started\n" });
    expect(await processesWith("STALEWATCH_HEAL", "h2")).toEqual([]);
  });

  it("is killed when it is told to stop", async () => {
    const command = script(folderForTest(), "run", "sleep 1000");
    const stopping = new AbortController();
    const run = commands.run(command, { ...PATIENT, mark: "h3" }, stopping.signal);
    await eventually(
      "it runs",
      async () => (await processesWith("STALEWATCH_HEAL", "h3")).length > 0,
    );
    stopping.abort(new Error("told to stop"));
    await expect(run).rejects.toThrow("told to stop");
    expect(await processesWith("STALEWATCH_HEAL", "h3")).toEqual([]);
  });

  it("that is not there is told of", async () => {
    const command = { words: ["/nowhere/docker"], directory: "/" } as const;
    await expect(commands.run(command, PATIENT, NEVER)).rejects.toMatchObject({
      code: "COMPOSE_NOT_RUN",
      message: "could not run /nowhere/docker in /",
    });
  });
});

describe("what an earlier process left running", () => {
  it("is waited for", async () => {
    const folder = folderForTest();
    const done = join(folder.path, "done");
    const command = script(folder, "run", `sleep 0.5; echo yes > ${done}`);
    const run = commands.run(command, { ...PATIENT, mark: "h4" }, NEVER);
    await eventually(
      "it runs",
      async () => (await processesWith("STALEWATCH_HEAL", "h4")).length > 0,
    );
    await commands.settled("h4", 20_000);
    expect(readFileSync(done, "utf8")).toBe("yes\n");
    await run;
  });

  it("is killed when it takes too long", async () => {
    const run = commands.run(
      script(folderForTest(), "run", "sleep 1000"),
      { ...PATIENT, mark: "h5" },
      NEVER,
    );
    await eventually(
      "it runs",
      async () => (await processesWith("STALEWATCH_HEAL", "h5")).length > 0,
    );
    await commands.settled("h5", 100);
    expect(await run).toMatchObject({ exitCode: null });
  });
});

describe("the environment of Compose", () => {
  const tcp = (tls: Readonly<Record<"ca" | "cert" | "key", string | null>> | null) =>
    composeEnvironment({ kind: "tcp", host: "docker", port: 2376, tls }, { PATH, HOME: "/root" });

  it("names the configured engine, with its certificates", () => {
    const tls = { ca: "/tls/ca.pem", cert: "/tls/cert.pem", key: "/tls/key.pem" };
    expect(tcp(tls)).toEqual({
      kind: "environment",
      environment: {
        PATH,
        HOME: "/root",
        DOCKER_HOST: "tcp://docker:2376",
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: "/tls",
      },
    });
    expect(tcp(null)).toMatchObject({ environment: { DOCKER_HOST: "tcp://docker:2376" } });
  });

  it.each([
    { ca: "/tls/ca.pem", cert: null, key: null },
    { ca: "/tls/ca.pem", cert: "/other/cert.pem", key: "/tls/key.pem" },
    { ca: "/tls/authority.pem", cert: "/tls/cert.pem", key: "/tls/key.pem" },
  ])("cannot name certificates that lie otherwise: %j", (tls) => {
    expect(tcp(tls)).toMatchObject({ kind: "refused" });
  });
});

describe("the Compose of a host", () => {
  const docker = (version: string): string =>
    `[ "$1" = compose ] && { echo ${version}; exit 0; }; exit 1`;
  const found = async (
    files: Readonly<Record<string, string>>,
    generation: 1 | 2,
  ): Promise<string> => {
    const folder = folderForTest();
    for (const [name, text] of Object.entries(files)) script(folder, name, text);
    const programs = composePrograms(composeCommands({ PATH: `${folder.path}:${PATH}` }));
    const answer = await programs.find(generation, NEVER);
    return answer.kind === "none"
      ? answer.reason
      : `${answer.program.words.join(" ")} ${answer.program.version}`;
  };
  const both = { docker: docker("v2.40.3"), "docker-compose": "echo 1.29.2" };

  it.each<[string, Readonly<Record<string, string>>, 1 | 2, string]>([
    ["2.x for 2.x", both, 2, "docker compose 2.40.3"],
    ["1.29 for 1.x", both, 1, "docker-compose 1.29.2"],
    [
      "2.x without the docker CLI",
      { "docker-compose": "echo 2.26.1-4" },
      2,
      "docker-compose 2.26.1-4",
    ],
    ["5.x for 2.x", { docker: docker("5.0.1") }, 2, "docker compose 5.0.1"],
    [
      "no other generation",
      { docker: docker("2.40.3") },
      1,
      "it was made by Compose 1.x, and this host has Compose 2.40.3",
    ],
    [
      "none that is too old",
      { docker: docker("2.2.3") },
      2,
      "Compose 2.2.3 is too old: 2.6 or newer is needed",
    ],
    [
      "none that is too old",
      { "docker-compose": "echo 1.25.0" },
      1,
      "Compose 1.25.0 is too old: 1.29 or newer is needed",
    ],
    [
      "none at all",
      { docker: "exit 1" },
      2,
      "it was made by Compose 2.x, and no Compose is found on this host",
    ],
  ])("%s", async (_, files, generation, answer) => {
    expect(await found(files, generation)).toBe(answer);
  });

  it("is looked for once, unless there was none", async () => {
    const folder = folderForTest();
    const programs = composePrograms(composeCommands({ PATH: `${folder.path}:${PATH}` }));
    expect(await programs.find(2, NEVER)).toMatchObject({ kind: "none" });
    script(folder, "docker", docker("2.40.3"));
    expect(await programs.find(2, NEVER)).toMatchObject({ program: { version: "2.40.3" } });
    script(folder, "docker", docker("2.41.0"));
    expect(await programs.find(2, NEVER)).toMatchObject({ program: { version: "2.40.3" } });
  });
});

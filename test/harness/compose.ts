import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { isAtLeast } from "../../src/domain/replacement/api-version.ts";
import { cleanUpAtExit } from "./at-exit.ts";
import { searchPath } from "./command.ts";
import { COMPOSE_1, COMPOSE_2, compose1In, compose2In } from "./compose-packages.ts";
import { type ComposeLine, PLUGINS } from "./compose-packages.ts";
import type { ComposeProject } from "./compose-project.ts";
import { dockerProgram } from "./docker-program.ts";
import type { EngineConnection } from "./engine.ts";
import { type FetchOptions, unpackedPackages } from "./packages.ts";
import { type GroupResult, type ProcessGroup, startGroup } from "./process-group.ts";

/** A Compose command line that talks to one engine. */
export interface Compose {
  readonly line: ComposeLine;
  /** A folder to put on PATH, where the commands are found as on a host: `docker` and, in 1.29, `docker-compose`. */
  readonly bin: string;
  /** Runs it to its end, which must be success; returns all that it wrote. */
  run(project: ComposeProject, ...args: string[]): Promise<string>;
  /** Starts it, to be looked at or killed on its way. */
  start(project: ComposeProject, ...args: string[]): ProcessGroup;
  /** Removes its folder. May be called again. */
  close(): void;
}

/** `docker-compose` 1.29.2, in Python. Builds with the classic builder. */
export async function compose1(
  engine: EngineConnection,
  options: FetchOptions = {},
): Promise<Compose> {
  const { command, env } = compose1In(await unpackedPackages(COMPOSE_1, options));
  const folder = makeFolder();
  putScript(folder, "docker-compose", env, command);
  // Without any plugin but the machine's own.
  const config = { DOCKER_CONFIG: join(folder, "config") };
  putScript(folder, "docker", config, [await dockerProgram(options)]);
  return composeIn(folder, engine, "1.29", ["docker-compose"]);
}

/** `docker compose` 2.26.1 or 2.40.3 with buildx: as old or new a Docker CLI as belongs to it. */
export async function compose2(
  engine: EngineConnection,
  line: Exclude<ComposeLine, "1.29">,
  options: FetchOptions = {},
): Promise<Compose> {
  const [docker, plugins] = compose2In(await unpackedPackages(COMPOSE_2[line], options));
  const folder = makeFolder();
  // Its plugins before the machine's own; buildx also keeps notes in there.
  const config = join(folder, "config");
  mkdirSync(join(config, "cli-plugins"), { recursive: true });
  for (const name of PLUGINS) symlinkSync(join(plugins, name), join(config, "cli-plugins", name));
  putScript(folder, "docker", { DOCKER_CONFIG: config }, [docker]);
  return composeIn(folder, engine, line, ["docker", "compose"]);
}

/** The real path: Compose writes down where it was called. */
function makeFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "stalewatch-compose-"));
  mkdirSync(join(folder, "bin"));
  return folder;
}

/** No variable has to be set by the one who calls it. */
function putScript(
  folder: string,
  name: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): void {
  const exports = Object.entries(env).map(([key, value]) => `export ${key}=${quoted(value)}`);
  const exec = `exec ${command.map(quoted).join(" ")} "$@"`;
  const path = join(folder, "bin", name);
  writeFileSync(path, ["#!/bin/sh", ...exports, exec, ""].join("\n"));
  chmodSync(path, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function composeIn(
  folder: string,
  engine: EngineConnection,
  line: ComposeLine,
  command: readonly [string, ...string[]],
): Compose {
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const takeBack = cleanUpAtExit(remove);
  const bin = join(folder, "bin");
  const [program, ...first] = command;
  // Nothing else of the machine's environment: COMPOSE_… and DOCKER_… change what it does.
  const env = { PATH: [bin, searchPath()].join(delimiter), HOME: folder, DOCKER_HOST: engine.host };
  const start = (project: ComposeProject, ...args: string[]): ProcessGroup =>
    startGroup(join(bin, program), [...first, ...args], { cwd: project.folder, env });
  return {
    line,
    bin,
    start,
    run: async (project, ...args) =>
      outputOf([...command, ...args], await start(project, ...args).ended),
    close: () => {
      takeBack();
      remove();
    },
  };
}

function outputOf(command: readonly string[], { code, output }: GroupResult): string {
  if (code === 0) return output;
  throw new Error(`${command.join(" ")} ended with ${String(code)}:\n${output}`);
}

/** 1.29 reads a field of an old container's image that engines have dropped. */
export function cannotRecreate(line: ComposeLine, { apiVersion }: EngineConnection): boolean {
  return line === "1.29" && isAtLeast(apiVersion, "1.44");
}

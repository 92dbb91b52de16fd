import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import { searchPath, tryCommand, type CommandResult } from "../../harness/command.ts";
import type { Compose } from "../../harness/compose.ts";
import { makeProject, type ComposeProject } from "../../harness/compose-project.ts";
import type { ServiceDefinition } from "../../harness/compose-project.ts";
import type { PrivateEngine } from "../../harness/engine.ts";
import { uniqueName } from "../../harness/engines-in-tests.ts";
import type { GroupResult, ProcessGroup } from "../../harness/process-group.ts";
import { nodesOwn, PROGRAM, type Environment } from "../../harness/program.ts";

export const DEPLOY = join(import.meta.dirname, "../../../deploy");
export const PROJECT = "infra2";

/** A deploy waits for this long without a restart. */
const SETTLE = ["--settle", "1s"];

export type Services = Readonly<Record<string, ServiceDefinition>>;

/** The services of the incident, as a rule. */
export const WEB_AND_API: Services = { web: { build: {} }, api: { build: {} } };

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** What it runs. */
  readonly imageId: string;
  readonly state: string;
}

export interface Host {
  readonly stalewatch?: boolean;
  /** A folder with another bash than this machine's. */
  readonly bash?: string | null;
}

/** The project `infra2` on an engine that it has for itself, with a host's search path: Compose, docker and, unless it is
 *  left out, stalewatch. */
export class Stack {
  readonly engine: PrivateEngine;
  readonly project: ComposeProject;
  readonly #compose: Compose;
  readonly #env: Environment;
  readonly #bin: string;
  #services: Services;

  constructor(parts: {
    readonly engine: PrivateEngine;
    readonly project: ComposeProject;
    readonly compose: Compose;
    readonly services: Services;
    readonly env: Environment;
  }) {
    this.engine = parts.engine;
    this.project = parts.project;
    this.#compose = parts.compose;
    this.#services = parts.services;
    this.#env = parts.env;
    this.#bin = join(parts.project.folder, "..", "bin");
    putProgram(this.#bin);
  }

  get folder(): string {
    return this.project.folder;
  }

  /** As this Compose calls the container of a service. */
  nameOf(service: string, number = 1): string {
    return [PROJECT, service, String(number)].join(this.#compose.line === "1.29" ? "_" : "-");
  }

  /** As this Compose calls the image of a service that does not name one. */
  imageOf(service: string): string {
    return this.nameOf(service).replace(/.1$/, "");
  }

  /** As a shell calls this Compose. */
  get program(): string {
    return this.#compose.line === "1.29" ? "docker-compose" : "docker compose";
  }

  /** Everything of a host that a command finds. */
  environment({ stalewatch = true, bash = null }: Host = {}): Environment {
    const own = [...(bash === null ? [] : [bash]), ...(stalewatch ? [this.#bin] : [])];
    const places = [...own, this.#compose.bin, searchPath()];
    return { ...this.#env, PATH: places.join(delimiter), HOME: this.folder };
  }

  /** Runs Compose in the project's folder; it must succeed. */
  compose(...args: string[]): Promise<string> {
    return this.#compose.run(this.project, ...args);
  }

  /** The same, whatever comes of it. */
  tryCompose(...args: string[]): Promise<GroupResult> {
    return this.#compose.start(this.project, ...args).ended;
  }

  /** The same, to be looked at or killed on its way. */
  startCompose(...args: string[]): ProcessGroup {
    return this.#compose.start(this.project, ...args);
  }

  /** Any commands of the host, in the project's folder. */
  shell(script: string, env: Environment = this.environment()): Promise<CommandResult> {
    return this.#run("bash", ["-c", script], env);
  }

  /** `deploy.sh` with a short trial, in an environment that may have more than a host's. */
  deploy(args: readonly string[], env: Environment = this.environment()): Promise<CommandResult> {
    return this.#run(join(DEPLOY, "deploy.sh"), [...args, ...SETTLE], env);
  }

  #run(command: string, args: readonly string[], env: Environment): Promise<CommandResult> {
    return tryCommand(command, args, { cwd: this.folder, env, timeoutMs: 180_000 });
  }

  /** Another definition; what is built from it is another image. */
  async write(services: Services = this.#services): Promise<void> {
    this.#services = services;
    // New in this file, too: an image from an earlier test's cache would look like a way back to an older build.
    const marker = uniqueName("build");
    const marked = Object.entries(services).map(([name, { build, keys }]) => [
      name,
      { keys, ...(build && { build: { marker, ...build } }) },
    ]);
    await this.project.write(Object.fromEntries(marked) as Services);
  }

  /** Changes the sources, builds all and starts all. */
  async up(...options: string[]): Promise<void> {
    await this.write();
    await this.compose(...options, "up", "-d", "--build");
  }

  /** Changes the sources and builds all, or these services. */
  async build(...services: string[]): Promise<void> {
    await this.write();
    await this.compose("build", ...services);
  }

  /** From now on a build of it fails, after so many seconds: others have had the time to succeed by then. */
  breakBuild(service: string, seconds = 3): void {
    const command = ["/bin/sh", "-c", `sleep ${String(seconds)}; exit 7`];
    appendFileSync(join(this.folder, service, "Dockerfile"), `RUN ${JSON.stringify(command)}\n`);
  }

  /** All containers of the project, in any state, by name. */
  async containers(): Promise<readonly Container[]> {
    const filters = { label: [`com.docker.compose.project=${PROJECT}`] };
    const all = await this.engine.docker.listContainers({ all: true, filters });
    return all
      .map(({ Id, Names, Labels, ImageID, State }) => ({
        id: Id,
        name: (Names[0] ?? "").slice(1),
        service: Labels["com.docker.compose.service"] ?? "",
        imageId: ImageID,
        state: State,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function putProgram(bin: string): void {
  mkdirSync(bin, { recursive: true });
  const env = Object.entries(nodesOwn()).map(([key, value]) => `${key}='${value}'`);
  const command = ["exec env", ...env, `'${process.execPath}' '${PROGRAM}' "$@"`].join(" ");
  putScript(join(bin, "stalewatch"), command);
}

function putScript(path: string, ...lines: string[]): void {
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
}

/** The project, written but not started; it goes with the test. */
export async function stackOn(
  engine: PrivateEngine,
  compose: Compose,
  env: Environment,
  services: Services = WEB_AND_API,
): Promise<Stack> {
  const project = await makeProject(engine, { name: PROJECT, services });
  onTestFinished(() => project.remove());
  const stack = new Stack({ engine, project, compose, services, env });
  await stack.write();
  return stack;
}

/** Programs in front of the real ones that write down how they are called. */
export interface Trace {
  /** With the real programs behind. */
  readonly env: Environment;
  /** What has been called since the last time, a command a line. */
  take(): readonly string[];
}

/** Traces every program that a deploy may call to change something, and those that it asks. */
export function traced(stack: Stack, env: Environment): Trace {
  const folder = join(stack.folder, "..", "traced");
  const log = join(folder, "log");
  mkdirSync(folder, { recursive: true });
  writeFileSync(log, "");
  const places = String(env["PATH"]).split(delimiter);
  for (const name of ["docker", "docker-compose", "stalewatch", "flock"]) {
    const real = places.map((place) => join(place, name)).find((path) => existsSync(path));
    if (real === undefined) continue;
    const write = `{ printf '%s' ${name}; printf ' <%s>' "$@"; echo; } >>'${log}'`;
    putScript(join(folder, name), write, `exec '${real}' "$@"`);
  }
  return {
    env: { ...env, PATH: [folder, env["PATH"]].join(delimiter) },
    take: () => {
      const lines = readFileSync(log, "utf8").trimEnd().split("\n");
      writeFileSync(log, "");
      return lines.filter((line) => line !== "");
    },
  };
}

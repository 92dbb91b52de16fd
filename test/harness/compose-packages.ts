import { join } from "node:path";
import { runCommand } from "./command.ts";
import type { Suite } from "./debian-mirror.ts";
import { loadedFrom } from "./package-loader.ts";
import type { PackageSet } from "./packages.ts";

/** The lines of Compose that the tests know. */
export type ComposeLine = "1.29" | "2.26" | "2.40";

const OTHERWISE = "run these tests on a Debian";

/** In Python; with an interpreter and libraries of its own, whatever the machine has. */
export const COMPOSE_1: PackageSet = {
  name: "compose-1.29-1",
  roots: ["docker-compose"],
  suite: "bookworm",
  selfContained: true,
  what: "Compose",
  versionOf: "docker-compose",
  otherwise: OTHERWISE,
  complete: async (folder) => {
    const { command, env } = compose1In(folder);
    // Also leaves the compiled modules there, as installing the packages would have done.
    await runCommand("env", [...variablesOf(env), ...command, "version"]);
  },
};

export function compose1In(folder: string): { command: string[]; env: Record<string, string> } {
  const root = join(folder, "root");
  const program = join(root, "usr/bin/docker-compose");
  return {
    command: loadedFrom(folder, join(root, "usr/bin/python3"), program),
    env: { PYTHONHOME: join(root, "usr") },
  };
}

/** As the arguments of `env`. */
export function variablesOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

export const COMPOSE_2: Readonly<Record<"2.26" | "2.40", PackageSet>> = {
  "2.26": compose2Of("2.26", "trixie"),
  "2.40": compose2Of("2.40", "sid"),
};

/** Go programs, which ask of the machine's C library only what it has had since 2021. */
function compose2Of(line: ComposeLine, suite: Suite): PackageSet {
  return {
    name: `compose-${line}-1`,
    roots: ["docker-compose", "docker-cli", "docker-buildx"],
    suite,
    what: "Compose",
    versionOf: "docker-compose",
    otherwise: OTHERWISE,
    complete: async (folder) => {
      const [docker, plugins] = compose2In(folder);
      await runCommand(docker, ["--version"]);
      for (const plugin of PLUGINS) await runCommand(join(plugins, plugin), ["version"]);
    },
  };
}

export const PLUGINS = ["docker-compose", "docker-buildx"] as const;

/** The command line, and the folder of its plugins. */
export function compose2In(folder: string): [docker: string, plugins: string] {
  const root = join(folder, "root");
  return [join(root, "usr/bin/docker"), join(root, "usr/libexec/docker/cli-plugins")];
}

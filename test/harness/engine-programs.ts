import { delimiter, join } from "node:path";
import { staticBusybox } from "./busybox.ts";
import { findOnPath, searchPath } from "./command.ts";
import { dockerCommand, type ImageStore, NO_APPARMOR } from "./docker-command.ts";
import type { EngineName } from "./engine-name.ts";
import type { EngineFolder } from "./folder.ts";
import { HarnessError } from "./harness-error.ts";
import type { EngineNamespace } from "./namespace.ts";
import { ENGINE, ENGINES, packageEnv, PODMAN, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";
import { PODMAN_PLACES, podmanCommand } from "./podman-command.ts";

/** What is run to have an engine. */
export interface EnginePrograms {
  readonly busybox: string;
  /** Laid over the machine's /usr where the engine runs: another release of Debian with its C library. */
  readonly usr?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  command(folder: EngineFolder): readonly string[];
  /** What is done in its namespaces before it first starts. */
  prepare?(namespace: EngineNamespace, folder: EngineFolder): Promise<void>;
}

export interface ProgramOptions extends FetchOptions {
  /**
   * Default: the machine's dockerd with the containerd, runc and iptables that belong to it, or its
   * Debian's packages where there is none, or where STALEWATCH_TEST_DOCKERD=packages asks for them.
   */
  readonly engine?: EngineName | undefined;
}

export function enginePrograms(options: ProgramOptions): Promise<EnginePrograms> {
  switch (options.engine) {
    case undefined:
      return defaultEngine(options);
    case "docker-20.10":
      return besideMachine(ENGINES["20.10"], options);
    case "docker-26.1":
      return overMachine(ENGINES["26.1"], "classic", options);
    case "docker-26.1+containerd":
      return overMachine(ENGINES["26.1"], "containerd", options);
    case "docker-28.5":
      return overMachine(ENGINES["28.5"], "classic", options);
    case "docker-28.5+containerd":
      return overMachine(ENGINES["28.5"], "containerd", options);
    case "podman-4.3":
      return podman(options);
  }
}

async function defaultEngine(options: FetchOptions): Promise<EnginePrograms> {
  const dockerd = packagesAreAskedFor() ? undefined : findOnPath("dockerd");
  if (dockerd === undefined) return besideMachine(ENGINE, options);
  return {
    busybox: await staticBusybox(options),
    env: { ...NO_APPARMOR, PATH: searchPath() },
    command: (folder) => dockerCommand(dockerd, folder, "classic"),
  };
}

/** On the machine's C library. */
async function besideMachine(set: PackageSet, options: FetchOptions): Promise<EnginePrograms> {
  const unpacked = await unpackedPackages(set, options);
  return {
    busybox: programIn(unpacked, "busybox"),
    env: { ...NO_APPARMOR, ...packageEnv(unpacked) },
    command: (folder) => dockerCommand(programIn(unpacked, "dockerd"), folder, "classic"),
  };
}

async function overMachine(
  set: PackageSet,
  store: ImageStore,
  options: FetchOptions,
): Promise<EnginePrograms> {
  const unpacked = await unpackedPackages(set, options);
  return {
    busybox: programIn(unpacked, "busybox"),
    usr: join(unpacked, "root/usr"),
    env: { ...NO_APPARMOR, PATH: pathOver(unpacked) },
    command: (folder) => dockerCommand(programIn(unpacked, "dockerd"), folder, store),
  };
}

async function podman(options: FetchOptions): Promise<EnginePrograms> {
  const unpacked = await unpackedPackages(PODMAN, options);
  const busybox = programIn(unpacked, "busybox");
  return {
    busybox,
    usr: join(unpacked, "root/usr"),
    env: { PATH: pathOver(unpacked) },
    command: (folder) => podmanCommand(programIn(unpacked, "podman"), folder, busybox),
    prepare: async (namespace, { path }) => {
      const script = ["sh", "-c", PODMAN_PLACES, "sh", busybox, path, join(unpacked, "root/etc")];
      const { code, stderr } = await namespace.run(busybox, script);
      if (code !== 0) throw new HarnessError(`this machine does not hold a Podman: ${stderr}`);
    },
  };
}

/** Its links to iptables; all else is in the machine's own folders there. */
function pathOver(unpacked: string): string {
  return [join(unpacked, "bin"), searchPath()].join(delimiter);
}

function packagesAreAskedFor(): boolean {
  const source = process.env["STALEWATCH_TEST_DOCKERD"] ?? "";
  if (source === "" || source === "packages") return source !== "";
  throw new HarnessError(`STALEWATCH_TEST_DOCKERD=${source} is not known`, {
    hint: 'set it to "packages" to use Debian\'s packages, or leave it away',
  });
}

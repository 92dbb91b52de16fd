import { delimiter, join } from "node:path";
import { staticBusybox } from "./busybox.ts";
import { findOnPath, searchPath } from "./command.ts";
import type { OpenOptions } from "./engine.ts";
import { HarnessError } from "./harness-error.ts";
import { ENGINE, ENGINES, packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";

/** What is run to have an engine, and with which environment. */
export interface EnginePrograms {
  readonly dockerd: string;
  readonly busybox: string;
  readonly env: Readonly<Record<string, string>>;
  /** Laid over the machine's /usr where the engine runs: another release of Debian with its C library. */
  readonly usr?: string | undefined;
}

export interface ProgramOptions extends FetchOptions, Pick<OpenOptions, "release"> {}

/** dockerd leaves AppArmor alone "in a container"; else it loads a profile into the kernel. */
const NO_APPARMOR = { container: "stalewatch-test" };

/**
 * The release that is asked for; or else the machine's dockerd with the containerd, runc and
 * iptables that belong to it, or its Debian's packages where there is none, or where
 * STALEWATCH_TEST_DOCKERD=packages asks for them.
 */
export async function enginePrograms(options: ProgramOptions): Promise<EnginePrograms> {
  const { release } = options;
  if (release === "20.10") return besideMachine(ENGINES[release], options);
  if (release !== undefined) return overMachine(ENGINES[release], options);
  const own = packagesAreAskedFor() ? undefined : findOnPath("dockerd");
  return own === undefined ? besideMachine(ENGINE, options) : machinesEngine(own, options);
}

async function machinesEngine(dockerd: string, options: FetchOptions): Promise<EnginePrograms> {
  const busybox = await staticBusybox(options);
  return { dockerd, busybox, env: { ...NO_APPARMOR, PATH: searchPath() } };
}

/** On the machine's C library. */
async function besideMachine(set: PackageSet, options: FetchOptions): Promise<EnginePrograms> {
  const folder = await unpackedPackages(set, options);
  return {
    dockerd: programIn(folder, "dockerd"),
    busybox: programIn(folder, "busybox"),
    env: { ...NO_APPARMOR, ...packageEnv(folder) },
  };
}

async function overMachine(set: PackageSet, options: FetchOptions): Promise<EnginePrograms> {
  const folder = await unpackedPackages(set, options);
  return {
    dockerd: programIn(folder, "dockerd"),
    busybox: programIn(folder, "busybox"),
    env: { ...NO_APPARMOR, PATH: [join(folder, "bin"), searchPath()].join(delimiter) },
    usr: join(folder, "root/usr"),
  };
}

function packagesAreAskedFor(): boolean {
  const source = process.env["STALEWATCH_TEST_DOCKERD"] ?? "";
  if (source === "" || source === "packages") return source !== "";
  throw new HarnessError(`STALEWATCH_TEST_DOCKERD=${source} is not known`, {
    hint: 'set it to "packages" to use Debian\'s packages, or leave it away',
  });
}

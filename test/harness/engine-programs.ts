import { staticBusybox } from "./busybox.ts";
import { findOnPath, searchPath } from "./command.ts";
import { HarnessError } from "./harness-error.ts";
import { ENGINE, packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, unpackedPackages } from "./packages.ts";

/** What is run to have an engine, and with which environment. */
export interface EnginePrograms {
  readonly dockerd: string;
  readonly busybox: string;
  readonly env: Readonly<Record<string, string>>;
}

/** dockerd leaves AppArmor alone "in a container"; else it loads a profile into the kernel. */
const NO_APPARMOR = { container: "stalewatch-test" };

/**
 * The machine's dockerd with the containerd, runc and iptables that belong to it, or Debian's
 * packages where there is none, or where STALEWATCH_TEST_DOCKERD=packages asks for them.
 */
export async function enginePrograms(options: FetchOptions): Promise<EnginePrograms> {
  const own = packagesAreAskedFor() ? undefined : findOnPath("dockerd");
  return own === undefined ? packagedEngine(options) : machinesEngine(own, options);
}

async function machinesEngine(dockerd: string, options: FetchOptions): Promise<EnginePrograms> {
  const busybox = await staticBusybox(options);
  return { dockerd, busybox, env: { ...NO_APPARMOR, PATH: searchPath() } };
}

async function packagedEngine(options: FetchOptions): Promise<EnginePrograms> {
  const folder = await unpackedPackages(ENGINE, options);
  return {
    dockerd: programIn(folder, "dockerd"),
    busybox: programIn(folder, "busybox"),
    env: { ...NO_APPARMOR, ...packageEnv(folder) },
  };
}

function packagesAreAskedFor(): boolean {
  const source = process.env["STALEWATCH_TEST_DOCKERD"] ?? "";
  if (source === "" || source === "packages") return source !== "";
  throw new HarnessError(`STALEWATCH_TEST_DOCKERD=${source} is not known`, {
    hint: 'set it to "packages" to use Debian\'s packages, or leave it away',
  });
}

import { findOnPath } from "./command.ts";
import { ENGINE, programIn } from "./package-sets.ts";
import { type FetchOptions, unpackedPackages } from "./packages.ts";

/** The `docker` command: the machine's, or Debian 12's, which has no Compose of its own. */
export async function dockerProgram(options: FetchOptions = {}): Promise<string> {
  return findOnPath("docker") ?? programIn(await unpackedPackages(ENGINE, options), "docker");
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PrivateEngine } from "./engine.ts";
import { runCommand } from "./command.ts";
import { loadedFrom } from "./package-loader.ts";
import { programIn } from "./package-sets.ts";
import { type PackageSet, unpackedPackages } from "./packages.ts";
import { eventually } from "./wait.ts";

const REGISTRY: PackageSet = {
  name: "registry-1",
  roots: ["docker-registry"],
  what: "a Docker registry",
  versionOf: "docker-registry",
  suite: "bookworm",
  selfContained: true,
  otherwise: "run these tests on a Debian",
  complete: async (folder) => {
    const [loader, ...args] = commandIn(folder, "--version");
    await runCommand(loader, args);
  },
};

function commandIn(folder: string, ...args: string[]): [string, ...string[]] {
  const program = programIn(folder, "docker-registry");
  const [loader = "", ...rest] = loadedFrom(folder, program, ...args);
  return [loader, ...rest];
}

/** Starts a registry in an engine's namespaces, which ends with them; gives what stands before a repository's name. */
export async function startRegistry(engine: PrivateEngine): Promise<string> {
  const address = "127.0.0.1:5000";
  const folder = join(engine.dataDir, "registry");
  mkdirSync(folder);
  const config = join(folder, "config.yml");
  // JSON is YAML.
  const storage = { filesystem: { rootdirectory: folder } };
  writeFileSync(config, JSON.stringify({ version: 0.1, http: { addr: address }, storage }));
  const [loader, ...args] = commandIn(await unpackedPackages(REGISTRY, {}), "serve", config);
  let end: string | null = null;
  void engine.run(loader, args).then(({ stderr }) => (end = stderr));
  await eventually("the registry answers", async () => {
    if (end !== null) throw new Error(`the registry has ended: ${end}`);
    const { code } = await engine.run("bash", ["-c", `: < /dev/tcp/${address.replace(":", "/")}`]);
    return code === 0;
  });
  return address;
}

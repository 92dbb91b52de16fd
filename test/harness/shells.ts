import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { librariesOf } from "./package-loader.ts";
import { packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";

/** Shells whose completions are tried, and what reads a manual page strictly. */
const SHELLS: PackageSet = {
  name: "shells-1",
  roots: ["zsh", "zsh-common", "fish", "fish-common", "mandoc"],
  what: "zsh, fish and mandoc",
  versionOf: "zsh",
  otherwise: "run these tests on a Debian",
  complete: async (folder) => {
    const env = Object.entries(packageEnv(folder)).map(([name, value]) => `${name}=${value}`);
    for (const shell of ["zsh", "fish"])
      await runCommand("env", [...env, programIn(folder, shell), "--version"]);
  },
};

export interface Shells {
  readonly zsh: string;
  readonly fish: string;
  readonly mandoc: string;
  /** What they need in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where zsh has its functions and modules, which it looks for in the folders of an installed one. */
  readonly zshFunctions: string;
  readonly zshModules: string;
}

export async function shells(options: FetchOptions = {}): Promise<Shells> {
  const folder = await unpackedPackages(SHELLS, options);
  const share = join(folder, "root/usr/share");
  const [libraries = ""] = librariesOf(folder).filter((path) => path.includes("usr/lib"));
  const [version = ""] = readdirSync(join(libraries, "zsh"));
  return {
    zsh: programIn(folder, "zsh"),
    fish: programIn(folder, "fish"),
    mandoc: programIn(folder, "mandoc"),
    env: packageEnv(folder),
    zshFunctions: join(share, "zsh/functions"),
    zshModules: join(libraries, "zsh", version),
  };
}

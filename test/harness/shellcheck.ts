import { findOnPath, tryCommand } from "./command.ts";
import { packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";

const SHELLCHECK: PackageSet = {
  name: "shellcheck-1",
  roots: ["shellcheck"],
  what: "ShellCheck",
  versionOf: "shellcheck",
  otherwise: "install ShellCheck",
  complete: async (folder) => {
    await lint(unpacked(folder), ["--version"]);
  },
};

interface Program {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What ShellCheck has against these scripts; empty where all is well. */
export async function shellcheck(
  scripts: readonly string[],
  options: FetchOptions = {},
): Promise<string> {
  return lint(await findProgram(options), ["--format=gcc", ...scripts]);
}

async function findProgram(options: FetchOptions): Promise<Program> {
  const own = findOnPath("shellcheck");
  if (own !== undefined) return { executable: own, env: {} };
  return unpacked(await unpackedPackages(SHELLCHECK, options));
}

function unpacked(folder: string): Program {
  return { executable: programIn(folder, "shellcheck"), env: packageEnv(folder) };
}

/** It ends with 1 where it has found something, and with more where it could not look. */
async function lint({ executable, env }: Program, args: readonly string[]): Promise<string> {
  const result = await tryCommand(executable, args, { env: { ...process.env, ...env } });
  if (result.code === 0 || result.code === 1) return result.stdout;
  throw new Error(`shellcheck ended with ${String(result.code)}: ${result.stderr}`);
}

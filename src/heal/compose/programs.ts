import type { ComposeGeneration } from "../../domain/compose-project.ts";
import type { ComposeProgram } from "../../domain/heal/compose-command.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import type { ComposeCommands } from "./commands.ts";

export type ProgramAnswer =
  | { readonly kind: "program"; readonly program: ComposeProgram }
  | { readonly kind: "none"; readonly reason: string };

export interface ComposePrograms {
  /** The Compose of the generation that a container was made by: another one would give it another name and image. */
  find(generation: ComposeGeneration, signal: AbortSignal): Promise<ProgramAnswer>;
}

const CANDIDATES: readonly ComposeProgram["words"][] = [["docker", "compose"], ["docker-compose"]];
/** 1.29 is the last of its line; from 2.6 on `up` can be told not to pull. */
const OLDEST: Readonly<Record<ComposeGeneration, readonly [number, number]>> = {
  1: [1, 29],
  2: [2, 6],
};
const PATIENCE: Milliseconds = 30_000;

/** Looks once, and again only until something is found. */
export function composePrograms(commands: ComposeCommands): ComposePrograms {
  let known: Promise<readonly ComposeProgram[]> | null = null;
  return {
    async find(generation, signal) {
      known ??= installed(commands, signal).catch((error: unknown) => {
        known = null;
        throw error;
      });
      const programs = await known;
      if (programs.length === 0) known = null;
      return choose(programs, generation);
    },
  };
}

async function installed(
  commands: ComposeCommands,
  signal: AbortSignal,
): Promise<readonly ComposeProgram[]> {
  const versions = await Promise.all(CANDIDATES.map((words) => versionOf(words, commands, signal)));
  return CANDIDATES.flatMap((words, index) => {
    const version = versions[index] ?? null;
    return version === null ? [] : [{ words, version }];
  });
}

/** null where there is none: also a docker CLI without the plugin. */
async function versionOf(
  words: ComposeProgram["words"],
  commands: ComposeCommands,
  signal: AbortSignal,
): Promise<string | null> {
  const command = { words: [...words, "version", "--short"], directory: "/" } as const;
  try {
    const { exitCode, stdout } = await commands.run(
      { ...command, words: [words[0], ...command.words.slice(1)] },
      { patience: PATIENCE },
      signal,
    );
    return exitCode === 0 ? (/^v?(\d+\.\d+\S*)/.exec(stdout.trim())?.[1] ?? null) : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

export function choose(
  programs: readonly ComposeProgram[],
  generation: ComposeGeneration,
): ProgramAnswer {
  const own = programs.filter(({ version }) => generationOf(version) === generation);
  const program = own.find(({ version }) => isAtLeast(version, OLDEST[generation]));
  if (program !== undefined) return { kind: "program", program };
  const found = own[0] ?? programs[0];
  const needed = `it was made by Compose ${generation}.x`;
  if (found === undefined) return none(`${needed}, and no Compose is found on this host`);
  return none(
    own.length === 0
      ? `${needed}, and this host has Compose ${found.version}`
      : `Compose ${found.version} is too old: ${OLDEST[generation].join(".")} or newer is needed`,
  );
}

function none(reason: string): ProgramAnswer {
  return { kind: "none", reason };
}

function generationOf(version: string): ComposeGeneration {
  return version.startsWith("1.") ? 1 : 2;
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

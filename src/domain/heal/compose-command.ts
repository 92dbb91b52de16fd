import type { ComposeProject } from "../compose-project.ts";

/** A program that is Compose, as it is called. */
export interface ComposeProgram {
  /** `docker compose` or `docker-compose`, with the path of the first word. */
  readonly words: readonly [string, ...string[]];
  readonly version: string;
}

/** A command line without a shell in between, and where to run it. */
export interface ComposeCommand {
  readonly words: readonly [string, ...string[]];
  readonly directory: string;
}

export interface UpOptions {
  /** How many containers the service has: without a word of it, Compose would go back to what the files say. */
  readonly scale: number;
  /** Recreate also what Compose thinks is up to date. */
  readonly force: boolean;
}

/** Recreates one service and nothing else, from images that are there. Compose 1.x knows no `--pull`, and pulls only what
 *  is missing; `.env` may tell 2.40, but neither 1.x nor 2.26, to remove what the files no longer name. */
export function upCommand(
  program: ComposeProgram,
  project: ComposeProject,
  { scale, force }: UpOptions,
): ComposeCommand {
  return command(program, project, [
    ...["up", "-d", "--no-deps", "--no-build"],
    ...(project.generation === 1 ? [] : ["--pull", "never", "--remove-orphans=false"]),
    ...(force ? ["--force-recreate"] : []),
    ...["--scale", `${project.service}=${scale}`],
    project.service,
  ]);
}

/** Prints the hash of the service's definition, behind its name. For 2.x: the hash of 1.x is one of the image too. */
export function hashCommand(program: ComposeProgram, project: ComposeProject): ComposeCommand {
  return command(program, project, ["config", "--hash", project.service], ALL_PROFILES);
}

/** The same for a definition that Compose has printed itself, given on standard input. */
export function printedHashCommand(
  program: ComposeProgram,
  project: ComposeProject,
): ComposeCommand {
  return hashCommand(program, { ...project, files: ["-"], envFiles: [] });
}

/** Prints the definition with all variables filled in: 2.x as JSON and for the service alone, 1.x as YAML. */
export function definitionCommand(
  program: ComposeProgram,
  project: ComposeProject,
): ComposeCommand {
  return project.generation === 1
    ? command(program, project, ["config"])
    : command(program, project, ["config", "--format", "json", project.service], ALL_PROFILES);
}

/** `up SERVICE` finds a service of any profile, `config --hash` of 2.x does not. */
const ALL_PROFILES = ["--profile", "*"];

function command(
  { words }: ComposeProgram,
  project: ComposeProject,
  verb: readonly string[],
  profiles: readonly string[] = [],
): ComposeCommand {
  const { generation, separator, directory } = project;
  const isCompatible = generation === 2 && separator === "_";
  return {
    words: [
      ...words,
      ...["--ansi", "never"],
      ...(isCompatible ? ["--compatibility"] : []),
      ...project.files.flatMap((file) => ["-f", file]),
      ...["--project-directory", directory],
      ...project.envFiles.flatMap((file) => ["--env-file", file]),
      ...["-p", project.project],
      ...profiles,
      ...verb,
    ],
    directory,
  };
}

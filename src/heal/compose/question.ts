import type { ComposeProject } from "../../domain/compose-project.ts";
import type { ComposeCommand, ComposeProgram } from "../../domain/heal/compose-command.ts";
import type { ImageId, Milliseconds } from "../../domain/ids.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { CommandEnd, ComposeCommands } from "./commands.ts";
import type { ProjectFiles } from "./project-files.ts";

export interface IntactQuestion {
  readonly project: ComposeProject;
  readonly program: ComposeProgram;
  readonly files: ProjectFiles;
  /** What the service's containers say they were made from: the hash of its definition. */
  readonly hashes: readonly string[];
  readonly newImage: ImageId;
}

export interface IntactParts {
  readonly engine: HealEngine;
  readonly commands: ComposeCommands;
}

const PATIENCE: Milliseconds = 60_000;

/** A question to Compose that changes nothing. `input` is what it reads from standard input. */
export function ask(
  command: ComposeCommand,
  commands: ComposeCommands,
  signal: AbortSignal,
  input?: string,
): Promise<CommandEnd> {
  return commands.run(
    command,
    { patience: PATIENCE, ...(input !== undefined && { input }) },
    signal,
  );
}

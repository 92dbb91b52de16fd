import { hashCommand, printedHashCommand } from "../../domain/heal/compose-command.ts";
import { printedHash } from "../../domain/heal/compose-definition.ts";
import { ask, type IntactParts, type IntactQuestion } from "./question.ts";

/** Whether Compose 2.x computes the hash that the containers carry. It hashes a service with its environment files read
 *  in, but `config --hash` on the files hashes it before that: of its own printed definition it gives the right one. */
export async function isSameHash(
  { project, program, hashes }: IntactQuestion,
  definition: string,
  { commands }: IntactParts,
  signal: AbortSignal,
): Promise<boolean> {
  const isTheirs = (output: string): boolean => {
    const hash = printedHash(output, project.service);
    return hash !== null && hashes.every((one) => one === hash);
  };
  const printed = await ask(printedHashCommand(program, project), commands, signal, definition);
  if (isTheirs(printed.stdout)) return true;
  const direct = await ask(hashCommand(program, project), commands, signal);
  return isTheirs(direct.stdout);
}

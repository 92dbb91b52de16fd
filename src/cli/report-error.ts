import { messageOf, StalewatchError } from "../domain/error.ts";
import { terminal } from "../notify/encode/terminal.ts";
import { note, printJson } from "./context.ts";

/** The one place where a command's failure is told. What a user can mend comes without a stack. */
export function reportError(error: unknown, json: boolean): void {
  const { code, message, hint } = describeError(error);
  if (json) printJson({ schemaVersion: 1, error: { code, message, hint } });
  note(lines(message).join("\n"));
  if (hint !== null) process.stderr.write(`  ${lines(hint).join("\n  ")}\n`);
  if (!(error instanceof StalewatchError) && error instanceof Error)
    process.stderr.write(`${terminalLines(error.stack ?? "")}\n`);
}

function describeError(error: unknown): { code: string; message: string; hint: string | null } {
  if (error instanceof StalewatchError)
    return { code: error.code, message: error.message, hint: error.hint };
  return {
    code: "INTERNAL",
    message: messageOf(error),
    hint: "this is a fault of stalewatch itself: please report it with the lines below",
  };
}

function lines(text: string): string[] {
  return text.split("\n").map(terminal);
}

function terminalLines(text: string): string {
  return lines(text).join("\n");
}

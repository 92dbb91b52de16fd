import { messageOf, StalewatchError } from "../domain/error.ts";
import { terminal } from "../notify/encode/terminal.ts";
import { goesToJournal, priorityMark } from "../daemon/journal.ts";
import { printJson } from "./context.ts";

/** The one place where a command's failure is told. What a user can mend comes without a stack. */
export function reportError(error: unknown, json: boolean): void {
  const { code, message, hint } = describeError(error);
  if (json) printJson({ schemaVersion: 1, error: { code, message, hint } });
  const [first = "", ...more] = lines(message);
  const stack = !(error instanceof StalewatchError) && error instanceof Error ? error.stack : null;
  const told = [
    `stalewatch: ${first}`,
    ...more,
    ...lines(hint).map((line) => `  ${line}`),
    ...lines(stack ?? null),
  ];
  const { stderr, env } = process;
  const mark = goesToJournal(stderr.fd, env) ? priorityMark("error") : "";
  stderr.write(told.map((line) => `${mark}${line}\n`).join(""));
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

function lines(text: string | null): string[] {
  return text === null ? [] : text.split("\n").map(terminal);
}

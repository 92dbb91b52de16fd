import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function fileIn(directory: string): string {
  return join(directory, "stalewatch.db");
}

/** Every file with its content. Not while a state of this very process is open there: closing a file drops all locks
 *  of the process on it. */
export function contentOf(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(directory, name)).toString("base64")]),
  );
}

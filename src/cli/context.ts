import type { LoadedConfig } from "../config/load.ts";
import { StalewatchError } from "../domain/error.ts";

/** The options that every command has. */
export interface GlobalOptions {
  readonly config?: string;
  readonly host?: string;
  readonly logLevel?: string;
  /** False after --no-color. */
  readonly color: boolean;
}

/** Reads the configuration as the global options say. Loaded on first use: `--help` needs none of it. */
export async function loadedConfig(options: GlobalOptions): Promise<LoadedConfig> {
  const { loadConfig } = await import("../config/load.ts");
  const { config, host, logLevel } = options;
  return loadConfig({ flags: { config, host, logLevel }, env: process.env });
}

/** Results go to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(document: unknown): void {
  print(JSON.stringify(document, null, 2));
}

/** Everything that is not the result goes to stderr. */
export function note(text: string): void {
  process.stderr.write(`stalewatch: ${text}\n`);
}

/** Characters a line: the terminal's, or 80 where the output is no terminal. */
export function outputWidth(): number {
  return Math.max(60, process.stdout.columns || 80);
}

/** Ends with Ctrl-C or SIGTERM: for commands that wait. A second one ends the process. */
export function interruption(): AbortSignal {
  return interruptedBy(["SIGINT", "SIGTERM"], "once");
}

/** The same, also with a terminal that is closed, and however often: for commands that must not be cut off in the middle. */
export function patientInterruption(): AbortSignal {
  return interruptedBy(["SIGINT", "SIGTERM", "SIGHUP"], "on");
}

function interruptedBy(signals: readonly NodeJS.Signals[], listen: "on" | "once"): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals)
    process[listen](signal, () => {
      controller.abort(new StalewatchError("INTERRUPTED", `interrupted by ${signal}`));
    });
  return controller.signal;
}

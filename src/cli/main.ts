import { CommanderError, type Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { isStalewatchError } from "../domain/error.ts";
import { EXIT } from "./exit.ts";
import { buildProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** A reader that has seen enough, such as `head`, is no fault. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

async function main(): Promise<void> {
  const program = buildProgram(packageJson.version, async (code) => {
    process.exitCode = await code;
  });
  exitInsteadOfThrow(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.unknown;
      return;
    }
    reportError(error, process.argv.includes("--json"));
    process.exitCode = exitCodeOf(error);
  }
}

/** Commander has already said what was wrong with the arguments; only the code is ours. */
function exitInsteadOfThrow(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitInsteadOfThrow(child);
}

function exitCodeOf(error: unknown): number {
  const isRun = process.argv.includes("run");
  const isForGood =
    isStalewatchError(error, "CONFIG_INVALID") || isStalewatchError(error, "STATE_NEWER");
  return isRun && isForGood ? EXIT.badConfig : EXIT.unknown;
}

void main();

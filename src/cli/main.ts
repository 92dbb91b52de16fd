import { CommanderError, type Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { isStalewatchError, StalewatchError } from "../domain/error.ts";
import { EXIT } from "./exit.ts";
import { buildProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** A reader that has seen enough, such as `head`, is no fault: the command goes on to its exit code. A result that
 *  cannot be written, to a full disk say, is not known to anybody. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`stalewatch: the result cannot be written: ${error.message}\n`);
  process.exit(EXIT.unknown);
});
/** Whoever read the log has gone; the watching goes on. */
process.stderr.on("error", () => undefined);

async function main(): Promise<void> {
  const program = buildProgram(packageJson.version, async (code) => {
    process.exitCode = await code;
  });
  exitInsteadOfThrow(program);
  // No deadline keeps Node running: without this it would end, with 0, where an answer broke off.
  const awake = setInterval(() => undefined, 60_000);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.unknown;
      return;
    }
    const told = error instanceof CommanderError ? usageError(error) : error;
    reportError(told, process.argv.includes("--json"));
    process.exitCode = exitCodeOf(error, program.args[0]);
  } finally {
    clearInterval(awake);
  }
}

/** Asked for, or shown because there was no command: it has been printed. */
function isHelp({ code, exitCode }: CommanderError): boolean {
  return exitCode === 0 || code === "commander.help";
}

function usageError({ message }: CommanderError): StalewatchError {
  return new StalewatchError("USAGE", message.replace(/^error: /, ""), {
    hint: "`stalewatch --help` lists all commands",
  });
}

function exitInsteadOfThrow(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitInsteadOfThrow(child);
}

function exitCodeOf(error: unknown, command: string | undefined): number {
  const isForGood =
    isStalewatchError(error, "CONFIG_INVALID") || isStalewatchError(error, "STATE_NEWER");
  return command === "run" && isForGood ? EXIT.badConfig : EXIT.unknown;
}

void main();

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { StalewatchError } from "../../domain/error.ts";
import type { ComposeCommand } from "../../domain/heal/compose-command.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { endProcess, processesWith } from "./marked-processes.ts";

export interface CommandEnd {
  /** null: it was ended from outside, by the deadline for one. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** For standard input; empty without it. */
  readonly input?: string;
  /** Marks the processes, so that a later process of ours finds them again. */
  readonly mark?: string;
  /** After this it is killed. */
  readonly patience: Milliseconds;
}

/** Runs Compose, and nothing else. */
export interface ComposeCommands {
  /** Rejects where there is no such program, and after an abort, which kills it. */
  run(command: ComposeCommand, options: CommandOptions, signal: AbortSignal): Promise<CommandEnd>;
  /** Waits for what an earlier process left running under a mark, and kills it after `patience`. */
  settled(mark: string, patience: Milliseconds): Promise<void>;
}

/** In the environment of each process, where the parent's death cannot take it away. */
const MARK = "STALEWATCH_HEAL";
/** Characters of each stream that are kept, the last ones: enough for the definition of a large service. */
const KEPT = 4_000_000;
const AGAIN: Milliseconds = 100;

/** `environment` is all that the programs get. */
export function composeCommands(environment: Readonly<Record<string, string>>): ComposeCommands {
  return {
    run: (command, options, signal) => run(command, options, environment, signal),
    async settled(mark, patience) {
      const deadline = Date.now() + patience;
      for (;;) {
        const left = await processesWith(MARK, mark);
        if (left.length === 0) return;
        if (Date.now() >= deadline) left.forEach(endProcess);
        await sleep(AGAIN);
      }
    },
  };
}

function run(
  { words: [program, ...args], directory }: ComposeCommand,
  { mark = randomUUID(), patience, input = "" }: CommandOptions,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...environment, [MARK]: mark },
      stdio: "pipe",
      // A group of its own: Ctrl-C in a terminal is for us, not for Compose in the middle of a recreate.
      detached: true,
    });
    // It may end without having read it.
    child.stdin.on("error", () => undefined).end(input);
    const stdout = tailOf(child.stdout);
    const stderr = tailOf(child.stderr);
    // The docker CLI starts its plugin in yet another group: only the mark finds them all.
    const end = (): void => void processesWith(MARK, mark).then((all) => all.forEach(endProcess));
    const deadline = setTimeout(end, patience);
    signal.addEventListener("abort", end);
    const done = (): void => {
      clearTimeout(deadline);
      signal.removeEventListener("abort", end);
    };
    child.on("error", (cause) => {
      done();
      reject(noProgram(program, directory, cause));
    });
    child.on("close", (exitCode) => {
      done();
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ exitCode, stdout: stdout(), stderr: stderr() });
    });
  });
}

function tailOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => (text = (text + chunk).slice(-KEPT)));
  return () => text;
}

/** Node gives one error for a missing program and a missing directory. */
function noProgram(program: string, directory: string, cause: Error): StalewatchError {
  return new StalewatchError("COMPOSE_NOT_RUN", `could not run ${program} in ${directory}`, {
    hint: "see whether the program and the folder are there for the user that stalewatch runs as",
    cause,
  });
}

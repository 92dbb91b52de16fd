import { spawn } from "node:child_process";
import { once } from "node:events";
import { cleanUpAtExit } from "./at-exit.ts";
import { commandLine, environment, type Environment } from "./program.ts";
import { eventually } from "./wait.ts";

/** What a person types: the keys that a terminal turns into something else. */
export const KEYS = { enter: "\r", interrupt: "\u0003", endOfInput: "\u0004" } as const;

/** The program on a terminal of its own, which Debian's `script` makes. */
export interface Terminal {
  /** Everything shown so far, control sequences included. */
  readonly shown: () => string;
  /** Waits until it shows this. */
  shows(text: string): Promise<unknown>;
  type(keys: string): void;
  /** The program's exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts the program on a terminal of 80 columns; it ends with this process at the latest. */
export function startOnTerminal(args: readonly string[], env: Environment): Terminal {
  const [command, rest] = commandLine(args, {});
  // `script` takes a command for a shell; the words come through the environment, so that none is read twice.
  const words = [command, ...rest];
  const places = words.map((_, index) => `"$WORD_${String(index)}"`).join(" ");
  const child = spawn("script", ["-qec", `stty cols 80 rows 40; exec ${places}`, "/dev/null"], {
    env: {
      ...environment({ TERM: "xterm", SHELL: "/bin/sh", ...env }),
      ...Object.fromEntries(words.map((word, index) => [`WORD_${String(index)}`, word])),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  return {
    shown: () => shown,
    shows: (text) =>
      eventually(`the terminal shows ${text}`, () => shown.includes(text), { timeoutMs: 60_000 }),
    type: (keys) => child.stdin.write(keys),
    exited: once(child, "exit").then(([code]) => {
      takeBack();
      return code as number | null;
    }),
  };
}

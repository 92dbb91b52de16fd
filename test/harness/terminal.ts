import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { commandLine, environment, temporaryDirectory, type Environment } from "./program.ts";
import { screenOf, type Screen } from "./screen.ts";
import { eventually } from "./wait.ts";

/** What a person types: the keys that a terminal turns into something else. */
export const KEYS = { enter: "\r", interrupt: "\u0003", endOfInput: "\u0004" } as const;

/** The program on a terminal of its own, which Debian's `script` makes. */
export interface Terminal {
  /** Everything shown so far, control sequences included. */
  readonly shown: () => string;
  /** What it shows now. */
  readonly screen: Screen;
  /** Waits until it has shown this. */
  shows(text: string): Promise<unknown>;
  /** Waits until this is what it shows now. */
  displays(pattern: RegExp): Promise<unknown>;
  type(keys: string): void;
  /** As when somebody drags the window's corner. */
  resize(columns: number, rows: number): void;
  /** The program's exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts the program on a terminal, of 80 × 40 unless told otherwise; it ends with this process at the latest. */
export function startOnTerminal(
  args: readonly string[],
  env: Environment,
  [columns, rows]: readonly [columns: number, rows: number] = [80, 40],
): Terminal {
  const [command, rest] = commandLine(args, {});
  const folder = temporaryDirectory();
  const device = join(folder.path, "device");
  // `script` takes a command for a shell; the words come through the environment, so that none is read twice.
  const words = [command, ...rest];
  const places = words.map((_, index) => `"$WORD_${String(index)}"`).join(" ");
  const size = `stty cols ${String(columns)} rows ${String(rows)}`;
  const inside = `tty >"$DEVICE"; ${size}; exec ${places}`;
  const child = spawn("script", ["-qefc", inside, "/dev/null"], {
    env: {
      ...environment({ TERM: "xterm", SHELL: "/bin/sh", DEVICE: device, ...env }),
      ...Object.fromEntries(words.map((word, index) => [`WORD_${String(index)}`, word])),
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  const screen = screenOf(columns, rows);
  let shown = "";
  /** The test's own limit must not come first: it would not tell what there was instead. */
  const untilShown = (what: string, isShown: () => boolean): Promise<unknown> =>
    eventually(
      `the terminal ${what}`,
      () => {
        if (isShown()) return true;
        throw new Error(`it shows:\n${screen.text}`);
      },
      { timeoutMs: 45_000 },
    );
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    void screen.write(text);
  });
  return {
    shown: () => shown,
    screen,
    shows: (text) => untilShown(`shows ${text}`, () => shown.includes(text)),
    displays: (pattern) =>
      untilShown(`displays ${String(pattern)}`, () => pattern.test(screen.text)),
    type: (keys) => child.stdin.write(keys),
    resize: (cols, lines) => {
      screen.resize(cols, lines);
      const name = readFileSync(device, "utf8").trim();
      spawnSync("stty", ["-F", name, "rows", String(lines), "cols", String(cols)]);
    },
    exited: once(child, "close").then(async ([code]) => {
      // Until all before it is displayed.
      await screen.write("");
      takeBack();
      folder.remove();
      return code as number | null;
    }),
  };
}

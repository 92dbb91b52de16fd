import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cleanUpAtExit } from "./at-exit.ts";
import { eventually } from "./wait.ts";

/** The program as it is shipped: `tools/build.ts` makes it. */
export const PROGRAM = join(import.meta.dirname, "../../dist/stalewatch.js");

export type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the surrounding environment but the search path: no setting of the machine gets in. */
export function environment(extra: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: "/nonexistent", ...nodesOwn(), ...extra };
}

/** What Node needs or uses of the environment: see tools/ready.mjs. */
export function nodesOwn(): Environment {
  const { LD_LIBRARY_PATH, NODE_COMPILE_CACHE } = process.env;
  const wanted = { LD_LIBRARY_PATH, NODE_COMPILE_CACHE };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** In which circumstances the program is run, where they are not the usual ones. */
export interface Circumstances {
  /** As this user and the group of the same number; needs root. */
  readonly uid?: number | undefined;
  /** Through this command, which gets the program's own command line as its last arguments. */
  readonly via?: readonly string[] | undefined;
}

export function commandLine(
  args: readonly string[],
  { via = [] }: Circumstances,
): [command: string, args: readonly string[]] {
  const [command = process.execPath, ...rest] = [...via, process.execPath, PROGRAM, ...args];
  return [command, rest];
}

function userOf({ uid }: Circumstances): { readonly uid?: number; readonly gid?: number } {
  return uid === undefined ? {} : { uid, gid: uid };
}

export function runProgram(
  args: readonly string[],
  env: Environment = {},
  circumstances: Circumstances = {},
): Promise<Finished> {
  const [command, rest] = commandLine(args, circumstances);
  const options = { env: environment(env), maxBuffer: 64 * 1024 * 1024, timeout: 90_000 };
  return new Promise((resolve) => {
    const child = execFile(
      command,
      rest,
      { ...options, ...userOf(circumstances) },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
  });
}

/** A command that is under way. */
export interface RunningCommand {
  /** Waits until it has written this to stderr. */
  said(text: string): Promise<unknown>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

/** Starts a command; it ends with this process at the latest. */
export function startCommand(args: readonly string[], env: Environment): RunningCommand {
  const [command, rest] = commandLine(args, {});
  const child = spawn(command, rest, {
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return {
    said: (text) =>
      eventually(`it says ${text}`, () => stderr.includes(text), { timeoutMs: 60_000 }),
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal) => child.kill(signal),
    exited: exitOf(child).finally(takeBack),
  };
}

/** One line of the daemon's log. */
export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface RunningDaemon {
  readonly pid: number;
  /** All that it has logged so far. */
  readonly log: readonly LogLine[];
  /** Everything that it wrote, line by line, whether it can be parsed or not. */
  readonly raw: readonly string[];
  /** All that it wrote to stdout, where nothing belongs. */
  readonly stdout: () => string;
  /** Waits for the first line, of those not waited for yet, that fits. */
  logged(event: string, fits?: (line: LogLine) => boolean): Promise<LogLine>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it, by SIGTERM unless told otherwise, and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** Starts `stalewatch run`; it ends with this process at the latest. Its status page is off unless told otherwise: there
 *  are others on this machine. */
export function startDaemon(
  env: Environment,
  args: readonly string[] = [],
  circumstances: Circumstances = {},
): RunningDaemon {
  const [command, rest] = commandLine([...args, "run"], circumstances);
  const child = spawn(command, rest, {
    env: environment({ STALEWATCH_STATUS_LISTEN: "off", ...env }),
    stdio: ["ignore", "pipe", "pipe"],
    ...userOf(circumstances),
  });
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  const raw: string[] = [];
  const log: LogLine[] = [];
  createInterface(child.stderr).on("line", (line) => {
    raw.push(line);
    const parsed = parseLine(line);
    if (parsed !== null) log.push(parsed);
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const exited = exitOf(child).finally(takeBack);
  let from = 0;
  return {
    pid: child.pid ?? 0,
    log,
    raw,
    stdout: () => stdout,
    exited,
    logged: (event, fits = () => true) =>
      eventually(
        `the daemon logs ${event}`,
        () => {
          const index = log.findIndex((line, i) => i >= from && line.event === event && fits(line));
          if (index < 0) return null;
          from = index + 1;
          return log[index];
        },
        { timeoutMs: 30_000 },
      ),
    signal: (signal) => child.kill(signal),
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
}

function parseLine(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return null;
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}

/** A directory for one test's state, removed afterwards. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "stalewatch-state-"));
  const takeBack = cleanUpAtExit(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return {
    path,
    remove: () => {
      takeBack();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

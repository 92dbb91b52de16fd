import { type ChildProcess, spawn } from "node:child_process";
import { cleanUpAtExit } from "./at-exit.ts";

export interface GroupResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** All that it wrote, on both streams. */
  readonly output: string;
}

/** A program and the processes that it started: killed together. Ends with this process at the latest. */
export interface ProcessGroup {
  readonly pid: number;
  /** What it has written so far. */
  readonly output: () => string;
  readonly ended: Promise<GroupResult>;
  /** SIGKILL, unless told otherwise. Nothing to do where it has ended. */
  kill(signal?: NodeJS.Signals): void;
}

export function startGroup(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): ProcessGroup {
  // A group of its own: a `docker` that is killed leaves its plugin behind, which goes on.
  const child = spawn(command, args, {
    ...options,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const kill = (signal: NodeJS.Signals = "SIGKILL"): void => {
    if (child.exitCode === null && child.signalCode === null) killGroup(child, signal);
  };
  const takeBack = cleanUpAtExit(kill);
  const ended = new Promise<GroupResult>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  }).finally(takeBack);
  return { pid: child.pid ?? 0, output: () => output, ended, kill };
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

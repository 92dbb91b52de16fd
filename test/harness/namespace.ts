import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type CommandResult, searchPath, tryCommand } from "./command.ts";
import type { EnginePrograms } from "./engine-programs.ts";
import { type EngineFolder, recordNamespaceInit } from "./folder.ts";
import { HarnessError, NAME_AN_ENGINE } from "./harness-error.ts";
import { requireNamespaceTools } from "./machine.ts";
import { FIRST_PROCESS, GUARD } from "./namespace-scripts.ts";
import { childrenOf, isAlive, killExactly, type ProcessIdentity } from "./process-identity.ts";
import { eventually } from "./wait.ts";

/** Network, mount and process namespaces of one engine, held by their first process. */
export interface EngineNamespace {
  /** The command line that runs `command` inside. */
  enter(command: string, args: readonly string[]): [string, string[]];
  /** Runs a command inside to its end. */
  run(command: string, args: readonly string[], signal?: AbortSignal): Promise<CommandResult>;
  /** Lets the guard go, once everything has been removed in good order. */
  release(): void;
}

export async function openNamespace(
  folder: EngineFolder,
  { busybox, usr = "" }: Pick<EnginePrograms, "busybox" | "usr">,
  signal: AbortSignal | undefined,
): Promise<EngineNamespace> {
  const { setpriv, unshare, nsenter } = requireNamespaceTools();
  const isolate = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];
  const first = [busybox, "sh", "-c", FIRST_PROCESS, "sh", busybox, folder.path, usr];
  const holder = [setpriv, "--pdeathsig", "KILL", unshare, ...isolate, ...first];
  const guard = spawn(busybox, ["sh", "-c", GUARD, "sh", busybox, folder.path, ...holder], {
    // A group of its own, or Ctrl-C in a terminal would end it before the tests have finished.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: searchPath() },
  });
  try {
    await isReady(guard, signal);
    const init = await firstProcessOf(guard, signal);
    recordNamespaceInit(folder, init);
    return namespaceOf(nsenter, init, guard);
  } catch (error) {
    await endNamespace(guard);
    throw error;
  } finally {
    letRun(guard);
  }
}

/** Ends with the namespaces' own end too: nobody else has their end of these pipes. */
async function isReady(guard: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
  let said = "";
  let complaints = "";
  guard.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
  guard.stderr?.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const ended = { yet: false };
  guard.stdout?.once("end", () => (ended.yet = true));
  await eventually("the namespaces are set up", () => ended.yet || said.includes("ready"), {
    signal,
  });
  if (said.includes("ready")) return;
  throw new HarnessError(
    `this machine refuses the namespaces of a private engine: ${complaints.trim()}`,
    { hint: `run the tests as root with CAP_SYS_ADMIN, ${NAME_AN_ENGINE}` },
  );
}

/** The guard, its watcher of our pipe, unshare, and then the first process in the namespaces. */
function firstProcessOf(
  guard: ChildProcess,
  signal: AbortSignal | undefined,
): Promise<ProcessIdentity> {
  return eventually("the namespaces have their first process", () => lineOf(guard)[2], { signal });
}

function lineOf(guard: ChildProcess): ProcessIdentity[] {
  const line: ProcessIdentity[] = [];
  let next = guard.pid === undefined ? undefined : childrenOf(guard.pid)[0];
  while (next !== undefined && line.push(next) < 3) next = childrenOf(next.pid)[0];
  return line;
}

/** Also waits, so that the folder is not filled while it is removed. */
async function endNamespace(guard: ChildProcess): Promise<void> {
  if (guard.pid === undefined) return;
  const line = lineOf(guard);
  const ended = guard.exitCode === null ? once(guard, "exit") : undefined;
  guard.kill("SIGKILL");
  for (const process of line) killExactly(process, "SIGKILL");
  await ended;
  await eventually("the namespaces have ended", () => !line.some(isAlive));
}

/** Nothing of the guard keeps this process from ending. */
function letRun(guard: ChildProcess): void {
  guard.stdout?.destroy();
  guard.stderr?.destroy();
  guard.unref();
}

function namespaceOf(nsenter: string, init: ProcessIdentity, guard: ChildProcess): EngineNamespace {
  const target = ["--target", String(init.pid), "--mount", "--net", "--pid", "--"];
  return {
    enter: (command, args) => [nsenter, [...target, command, ...args]],
    run: (command, args, signal) =>
      tryCommand(nsenter, [...target, command, ...args], {
        signal,
        env: { PATH: searchPath() },
      }),
    release: () => guard.stdin?.destroy(),
  };
}

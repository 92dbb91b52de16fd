import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import Docker from "dockerode";
import { searchPath } from "./command.ts";
import type { EnginePrograms } from "./engine-programs.ts";
import type { EngineFolder } from "./folder.ts";
import { HarnessError } from "./harness-error.ts";
import type { EngineNamespace } from "./namespace.ts";
import { childrenOf, isGone, killExactly } from "./process-identity.ts";
import { eventually } from "./wait.ts";

/** Milliseconds: a busy machine takes its time, and a first start also creates the store. */
const START_TIMEOUT = 60_000;
/** Milliseconds: the engine itself gives its containers 15 s. */
const STOP_TIMEOUT = 60_000;

/** The engine's process, which comes and goes while its namespaces stay. */
export interface Daemon {
  /** Starts it and waits until it answers. Nothing to do where it runs. */
  start(signal?: AbortSignal): Promise<void>;
  /** Ends it; SIGTERM also stops its containers, SIGKILL leaves them running. */
  end(by: "SIGTERM" | "SIGKILL", signal?: AbortSignal): Promise<void>;
}

export function daemonIn(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  extraArgs: readonly string[],
): Daemon {
  const docker = new Docker({ socketPath: folder.socketPath });
  const command = [...programs.command(folder), ...extraArgs];
  let entered: ChildProcess | undefined;

  const runs = (): boolean => entered?.exitCode === null && entered.signalCode === null;

  return {
    async start(signal) {
      if (runs()) return;
      const child = spawnInside(namespace, folder, programs, command);
      entered = child;
      await answers(docker, runs, signal).catch((cause: unknown) => {
        signal?.throwIfAborted();
        const log = lastLines(folder.logPath);
        throw new HarnessError(`the engine does not start; its log ends with:\n${log}`, { cause });
      });
    },
    async end(by, signal) {
      if (!runs()) return;
      const daemons = childrenOf(entered?.pid ?? 0);
      // Its containerd dies with it, but a moment later: a next start would still take it for alive.
      const helpers = daemons.flatMap(({ pid }) => childrenOf(pid));
      for (const daemon of daemons) killExactly(daemon, by);
      const ended = (): boolean => !runs() && helpers.every(isGone);
      await eventually("the engine has ended", ended, { signal, timeoutMs: STOP_TIMEOUT });
    },
  };
}

function spawnInside(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  command: readonly string[],
): ChildProcess {
  // `env` runs inside: the machine's nsenter must not load the engine's libraries.
  // What it writes into the folder for temporary files, such as the stacks of a containerd that
  // does not answer, goes with the rest.
  // Engines start themselves anew for every layer and network, and each time the runtime of Go would collect garbage that
  // nobody waits for: a quarter of what such a start costs.
  const env = { GOGC: "400", ...programs.env, TMPDIR: folder.path };
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const [program, args] = namespace.enter(programs.busybox, ["env", ...variables, ...command]);
  const log = openSync(folder.logPath, "a");
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", log, log],
      // Nothing else of ours: a NOTIFY_SOCKET or DOCKER_… variable would change what it does.
      env: { PATH: searchPath() },
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function answers(
  docker: Docker,
  runs: () => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = { signal, timeoutMs: START_TIMEOUT };
  // An end is an answer too: there is nothing more to wait for.
  const outcome = await eventually(
    "the engine answers",
    async () => (runs() ? docker.ping().then(() => "up" as const) : "ended"),
    options,
  );
  if (outcome === "ended") throw new HarnessError("it ended at once");
}

function lastLines(path: string): string {
  return readFileSync(path, "utf8").trim().split("\n").slice(-8).join("\n");
}

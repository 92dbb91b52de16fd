import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

export interface DaemonSettings {
  /** Whether it keeps its images in containerd. */
  readonly containerd: boolean;
  /** More arguments. */
  readonly args: readonly string[];
}

export function daemonIn(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  settings: DaemonSettings,
): Daemon {
  const docker = new Docker({ socketPath: folder.socketPath });
  const args = [...daemonArgs(folder), ...storeArgs(folder, settings), ...settings.args];
  let entered: ChildProcess | undefined;

  const runs = (): boolean => entered?.exitCode === null && entered.signalCode === null;

  return {
    async start(signal) {
      if (runs()) return;
      const child = spawnInside(namespace, folder, programs, args);
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

/** That it is chosen is said in a file alone. */
function storeArgs(folder: EngineFolder, { containerd }: DaemonSettings): string[] {
  const path = join(folder.path, "daemon.json");
  writeFileSync(path, JSON.stringify({ features: { "containerd-snapshotter": containerd } }));
  return [`--config-file=${path}`];
}

function daemonArgs(folder: EngineFolder): string[] {
  return [
    `--host=unix://${folder.socketPath}`,
    `--data-root=${folder.dataDir}`,
    `--exec-root=${folder.execDir}`,
    `--pidfile=${folder.path}/docker.pid`,
    // Its docker0 is in a network namespace of its own: no other engine can have the same one.
    "--bip=10.213.0.1/24",
    "--default-address-pool=base=10.214.0.0/16,size=24",
    "--exec-opt=native.cgroupdriver=cgroupfs",
    `--cgroup-parent=${folder.cgroupParent}`,
  ];
}

function spawnInside(
  namespace: EngineNamespace,
  folder: EngineFolder,
  programs: EnginePrograms,
  args: readonly string[],
): ChildProcess {
  // `env` runs inside: the machine's nsenter must not load the engine's libraries.
  // What it writes into the folder for temporary files, such as the stacks of a containerd that
  // does not answer, goes with the rest.
  const env = { ...programs.env, TMPDIR: folder.path };
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const [command, commandArgs] = namespace.enter(programs.busybox, [
    "env",
    ...variables,
    programs.dockerd,
    ...args,
  ]);
  const log = openSync(folder.logPath, "a");
  try {
    const child = spawn(command, commandArgs, {
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
  if (outcome === "ended") throw new HarnessError("dockerd ended at once");
}

function lastLines(path: string): string {
  return readFileSync(path, "utf8").trim().split("\n").slice(-8).join("\n");
}

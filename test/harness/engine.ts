import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import type { CommandResult } from "./command.ts";
import type { ImageStore } from "./docker-command.ts";
import type { EngineName } from "./engine-name.ts";

/** On everything that the harness makes; its value is the run's ID. */
export const TEST_LABEL = "org.stalewatch.test";

/** An engine to test on, as every helper of the harness takes it. */
export interface EngineConnection extends HarnessIdentity {
  /** As in DOCKER_HOST: "unix:///…". */
  readonly host: string;
  readonly socketPath: string;
  /** Such as "20.10.24". */
  readonly version: string;
  /** Such as "1.41". */
  readonly apiVersion: string;
  readonly docker: Docker;
  /** What TEST_LABEL says on everything made through this connection. */
  readonly runId: string;
}

/** An engine that this process has opened and closes again. */
export interface TestEngine extends EngineConnection {
  /** SIGTERM, and waits: containers are stopped, as on a shutdown of the engine. */
  readonly stopDaemon: (signal?: AbortSignal) => Promise<void>;
  /** SIGKILL, and waits: containers go on running. */
  readonly killDaemon: (signal?: AbortSignal) => Promise<void>;
  /** Starts it again, and waits until it answers. */
  readonly startDaemon: (signal?: AbortSignal) => Promise<void>;
  /** Removes everything that belongs to this engine or run. May be called again. */
  readonly close: () => Promise<void>;
}

/** An engine of the test's own, in namespaces of its own. */
export interface PrivateEngine extends TestEngine {
  readonly dataDir: string;
  /** The log of dockerd, over all its starts. */
  readonly logPath: string;
  /** Runs a command in the engine's namespaces: its published ports are reachable only there. */
  run(command: string, args: readonly string[], signal?: AbortSignal): Promise<CommandResult>;
}

export interface OpenOptions {
  /** Default: what STALEWATCH_TEST_ENGINE names, or else the machine's own or its Debian's. */
  readonly engine?: EngineName | undefined;
  /** For progress lines, where several are open. */
  readonly name?: string | undefined;
  /** Told in one line what takes its time. */
  readonly onProgress?: ((text: string) => void) | undefined;
  /** More arguments for a private engine's daemon. */
  readonly daemonArgs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function newRunId(): string {
  return `${String(process.pid)}-${randomBytes(4).toString("hex")}`;
}

/** Asks an engine who it is. */
export async function connect(socketPath: string, runId: string): Promise<EngineConnection> {
  const docker = new Docker({ socketPath });
  const { Version, ApiVersion } = await docker.version();
  return {
    host: `unix://${socketPath}`,
    socketPath,
    ...(await identityOf(docker)),
    version: Version,
    apiVersion: ApiVersion,
    docker,
    runId,
  };
}

export interface HarnessIdentity {
  /** The engine's own ID, from /info; of a Podman, which makes up another for every answer, what lasts of it. */
  readonly id: string;
  readonly kind: "docker" | "podman";
  readonly store: ImageStore;
}

export async function identityOf(docker: Docker): Promise<HarnessIdentity> {
  const info = (await docker.info()) as EngineInfo;
  const store = info.DriverStatus.some(([, type]) => type?.startsWith("io.containerd.snapshotter"));
  const kind = await kindOf(docker);
  return {
    id: kind === "docker" ? info.ID : `podman:${info.Name}:${info.DockerRootDir}`,
    kind,
    store: store ? "containerd" : "classic",
  };
}

export async function engineIdOf(docker: Docker): Promise<string> {
  return (await identityOf(docker)).id;
}

async function kindOf(docker: Docker): Promise<HarnessIdentity["kind"]> {
  const { Components } = await docker.version();
  return Components.some(({ Name }) => Name === "Podman Engine") ? "podman" : "docker";
}

/** Of /info, which the client's types leave open. */
interface EngineInfo {
  readonly ID: string;
  readonly Name: string;
  readonly DockerRootDir: string;
  readonly DriverStatus: readonly (readonly string[])[];
}

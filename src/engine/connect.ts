import type Docker from "dockerode";
import type { ContainerId, EpochMs, ImageId, Milliseconds } from "../domain/ids.ts";
import type { ContainerFact, EngineIdentity, ImageFact, Snapshot } from "../domain/observation.ts";
import { describeAddress, type EngineAddress } from "./address.ts";
import { isNewer, MANIFESTS_SINCE, negotiateVersion } from "./api-version.ts";
import { statusOf, type CallTarget, type OnCall } from "./call.ts";
import { healEngine } from "./docker-heal.ts";
import { swarmEngine } from "./docker-swarm.ts";
import type { Engine } from "./engine.ts";
import { openEvents, type EventStream } from "./events.ts";
import type { HealEngine } from "./heal-engine.ts";
import { listed } from "./list.ts";
import { requestEngine, type Query } from "./request.ts";
import type { SwarmEngine } from "./swarm-engine.ts";
import { openClient, transportTo } from "./transport.ts";
import {
  clockSkewOf,
  readContainer,
  readContainerFact,
  readCreated,
  readIdentity,
  readImage,
  readImageFact,
  record,
} from "./wire.ts";

export interface ConnectOptions {
  readonly address: EngineAddress;
  readonly timeout: Milliseconds;
  /** What to call the engine; null: as it calls itself. */
  readonly name: string | null;
  readonly onCall?: OnCall | undefined;
}

/** For scans. */
export async function connectEngine(options: ConnectOptions, signal: AbortSignal): Promise<Engine> {
  return new DockerEngine(await introduce(options, signal));
}

/** For heals. */
export async function connectHealEngine(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<HealEngine> {
  const { docker, target, identity } = await introduce(options, signal);
  return healEngine(docker, target, identity);
}

/** For heals of what Swarm manages. */
export async function connectSwarmEngine(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<SwarmEngine> {
  const { docker, target } = await introduce(options, signal);
  return swarmEngine(docker, target);
}

interface Connection {
  readonly docker: Docker;
  readonly target: CallTarget;
  readonly identity: EngineIdentity;
  readonly clockSkew: Milliseconds | null;
}

/** Finds out who answers and in which API version: two calls, once a connection. */
async function introduce(options: ConnectOptions, signal: AbortSignal): Promise<Connection> {
  const { timeout, onCall } = options;
  const target = { address: describeAddress(options.address), timeout, onCall };
  const transport = await transportTo(options.address);
  const ask = (docker: Docker, path: string): Promise<unknown> =>
    requestEngine(docker, target, { method: "GET", path }, signal);
  const version = record(
    "GET /version",
    "ApiVersion",
    await ask(openClient(transport), "/version"),
  );
  const apiVersion = negotiateVersion({
    newest: String(version["ApiVersion"]),
    oldest: typeof version["MinAPIVersion"] === "string" ? version["MinAPIVersion"] : "1.12",
  });
  const docker = openClient({ ...transport, version: `v${apiVersion}` });
  const info = record("GET /info", "ID", await ask(docker, "/info"));
  const identity = readIdentity(info, version, apiVersion, options.name);
  return { docker, target, identity, clockSkew: clockSkewOf(info, Date.now()) };
}

class DockerEngine implements Engine {
  readonly identity: EngineIdentity;
  readonly clockSkew: Milliseconds | null;
  readonly #docker: Docker;
  readonly #target: CallTarget;
  #calls = 2;

  constructor({ docker, target, identity, clockSkew }: Connection) {
    this.#docker = docker;
    this.#target = target;
    this.identity = identity;
    this.clockSkew = clockSkew;
  }

  get calls(): number {
    return this.#calls;
  }

  async observe(signal: AbortSignal): Promise<Snapshot> {
    const [containers, images] = await Promise.all([
      listed("/containers/json", () => this.#get("/containers/json", { all: true }, signal)),
      listed("/images/json", () => this.#get("/images/json", {}, signal)),
    ]);
    return {
      engine: this.identity,
      containers: containers.map(readContainer),
      images: images.map(readImage),
    };
  }

  async learnImage(id: ImageId, now: EpochMs, signal: AbortSignal): Promise<ImageFact> {
    // A container may run none, such as one that Podman started from a plain folder.
    if (id === "") return goneImage(id, now);
    const query = isNewer(MANIFESTS_SINCE, this.identity.apiVersion) ? {} : { manifests: true };
    const answer = await this.#getUnlessGone(`/images/${id}/json`, query, signal);
    return answer === null ? goneImage(id, now) : readImageFact({ ...answer, Id: id }, now);
  }

  async learnContainer(id: ContainerId, signal: AbortSignal): Promise<ContainerFact | null> {
    const answer = await this.#getUnlessGone(`/containers/${id}/json`, {}, signal);
    return answer === null ? null : readContainerFact(answer);
  }

  async startedAt(signal: AbortSignal): Promise<EpochMs | null> {
    return readCreated(await this.#getUnlessGone("/networks/bridge", {}, signal));
  }

  follow(since: EpochMs | null, signal: AbortSignal): Promise<EventStream> {
    return openEvents(this.#docker, this.#target, since, signal);
  }

  #get(path: string, query: Query, signal: AbortSignal): Promise<unknown> {
    this.#calls++;
    return requestEngine(this.#docker, this.#target, { method: "GET", path, query }, signal);
  }

  async #getUnlessGone(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      return record(`GET ${path}`, "Id", await this.#get(path, query, signal));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }
}

function goneImage(id: ImageId, now: EpochMs): ImageFact {
  return {
    id,
    known: false,
    createdAt: null,
    lastTaggedAt: null,
    labels: {},
    contentKey: null,
    manifests: [],
    repoDigests: [],
    config: null,
    firstSeenAt: now,
  };
}

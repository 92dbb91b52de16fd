import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { readFile } from "node:fs/promises";
import Docker from "dockerode";
import { StalewatchError, messageOf } from "../domain/error.ts";
import type { ContainerId, EpochMs, ImageId, Milliseconds } from "../domain/ids.ts";
import type { ContainerFact, EngineIdentity, ImageFact, Snapshot } from "../domain/observation.ts";
import { describeAddress, urlHost, type EngineAddress } from "./address.ts";
import { isNewer, MANIFESTS_SINCE, negotiateVersion } from "./api-version.ts";
import { callEngine, statusOf, type CallTarget } from "./call.ts";
import type { Engine } from "./engine.ts";
import { withoutRedirects } from "./no-redirects.ts";
import {
  clockSkewOf,
  readContainer,
  readContainerFact,
  readCreated,
  readIdentity,
  readImage,
  readImageFact,
  record,
  rows,
} from "./wire.ts";

export interface ConnectOptions {
  readonly address: EngineAddress;
  readonly timeout: Milliseconds;
  /** What to call the engine; null: as it calls itself. */
  readonly name: string | null;
}

/** Finds out who answers and in which API version: two calls, once a connection. */
export async function connectEngine(options: ConnectOptions, signal: AbortSignal): Promise<Engine> {
  const target = { address: describeAddress(options.address), timeout: options.timeout };
  const transport = await transportTo(options.address);
  const version = record(
    "GET /version",
    "ApiVersion",
    await get(open(transport), target, "/version", {}, signal),
  );
  const apiVersion = negotiateVersion({
    newest: String(version["ApiVersion"]),
    oldest: typeof version["MinAPIVersion"] === "string" ? version["MinAPIVersion"] : "1.12",
  });
  const docker = open({ ...transport, version: `v${apiVersion}` });
  const info = record("GET /info", "ID", await get(docker, target, "/info", {}, signal));
  const identity = readIdentity(info, version, apiVersion, options.name);
  return new DockerEngine(docker, target, identity, clockSkewOf(info, Date.now()));
}

type Query = Readonly<Record<string, boolean | number | string>>;

/** One GET through the library's transport. Its own methods drop the signal or the query of some requests. */
function get(
  docker: Docker,
  target: CallTarget,
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<unknown> {
  const modem = docker.modem as Modem;
  return callEngine(`GET ${path}`, target, signal, (abortSignal) => {
    const statusCodes = { 200: true, 404: "not found", 500: "server error" } as const;
    const options = {
      path: `${path}?`,
      method: "GET",
      options: { ...query },
      abortSignal,
      statusCodes,
    };
    return new Promise((resolve, reject) => {
      modem.dial(options, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
  });
}

interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}

class DockerEngine implements Engine {
  readonly identity: EngineIdentity;
  readonly clockSkew: Milliseconds | null;
  readonly #docker: Docker;
  readonly #target: CallTarget;
  #calls = 2;

  constructor(
    docker: Docker,
    target: CallTarget,
    identity: EngineIdentity,
    clockSkew: Milliseconds | null,
  ) {
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
      this.#get("/containers/json", { all: true }, signal),
      this.#get("/images/json", {}, signal),
    ]);
    return {
      engine: this.identity,
      containers: rows("GET /containers/json", containers).map(readContainer),
      images: rows("GET /images/json", images).map(readImage),
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

  #get(path: string, query: Query, signal: AbortSignal): Promise<unknown> {
    this.#calls++;
    return get(this.#docker, this.#target, path, query, signal);
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

type Transport = Docker.DockerOptions & { readonly agent: Agent };

/** The library reads DOCKER_HOST and the certificates beside it even when it is told an address, and prefers them. */
function open(transport: Transport): Docker {
  const { DOCKER_HOST: host } = process.env;
  delete process.env["DOCKER_HOST"];
  try {
    return new Docker(transport);
  } finally {
    if (host !== undefined) process.env["DOCKER_HOST"] = host;
  }
}

/** A connection of its own for every call: one kept open would make the first call after a restart of the engine fail,
 *  and a scan every few minutes gains nothing by it. */
async function transportTo(address: EngineAddress): Promise<Transport> {
  const agent = withoutRedirects(new Agent({ keepAlive: false }));
  if (address.kind === "unix") return { socketPath: address.path, agent };
  const { port, tls } = address;
  // The library takes the bare address `fd00::5` for a URL with the scheme `fd00`, and asks localhost.
  const host = urlHost(address.host);
  if (tls === null) return { host, port, protocol: "http", agent };
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map(readPem));
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  const tlsAgent = withoutRedirects(new TlsAgent({ keepAlive: false }));
  return { host, port, protocol: "https", ...files, agent: tlsAgent };
}

async function readPem(path: string | null): Promise<string | undefined> {
  if (path === null) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new StalewatchError("ENGINE_TLS_FILE", `cannot read ${path}: ${messageOf(error)}`, {
      hint: "engine.tls.ca, cert and key name PEM files that this user can read",
      cause: error,
    });
  }
}

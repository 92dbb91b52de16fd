import { createHash } from "node:crypto";
import { StalewatchError } from "../../../../src/domain/error.ts";
import { containerId, engineId, type ContainerId } from "../../../../src/domain/ids.ts";
import type { EngineIdentity } from "../../../../src/domain/observation.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { objectAt, objectsAt, textAt, textsAt } from "../../../../src/domain/replacement/read.ts";
import type { ContainerFilters, HealEngine } from "../../../../src/engine/heal-engine.ts";
import {
  inspectOf,
  joinedTo,
  portsOf,
  sharesPids,
  volumesOf,
  type ModelContainer,
  type ModelVolume,
} from "./container.ts";

/** How containers of an image behave. */
export type ModelImage = "serves" | "exits" | "does not start";

const IDENTITY: EngineIdentity = {
  id: engineId("MODEL"),
  name: "model",
  apiVersion: "1.41",
  version: "20.10.24",
  store: "classic",
};

/** An engine in memory with the rules that matter to a heal, as they were measured on real ones: names, states, joined
 *  namespaces, volumes, restart policies, and what comes up again when it is killed and started. Everything happens at
 *  once, so that thousands of heals can be cut off in all places; the real engine is asked elsewhere. */
export class ModelEngine implements HealEngine {
  readonly identity = IDENTITY;
  readonly containers = new Map<string, ModelContainer>();
  readonly volumes = new Set<string>();
  readonly networks = new Set<string>(["bridge"]);
  readonly images = new Map<string, ModelImage>();
  readonly tags = new Map<string, string>();
  /** Containers whose start the engine refuses, as where it died while it stopped them. */
  readonly unstartable = new Set<string>();
  /** Containers that came up with the engine beside another one that uses the same volume. */
  readonly twins: string[] = [];
  #counter = 0;

  // What a heal may ask.

  inspect(idOrName: string): Promise<JsonObject | null> {
    const found = this.find(idOrName);
    return Promise.resolve(found === null ? null : inspectOf(found));
  }

  inspectImage(reference: string): Promise<JsonObject | null> {
    const id = this.images.has(reference) ? reference : this.tags.get(reference);
    if (id === undefined) return Promise.resolve(null);
    const tags = [...this.tags].filter(([, meant]) => meant === id).map(([tag]) => tag);
    return Promise.resolve({ Id: id, RepoTags: tags, Config: {} });
  }

  list({ labels, beginnings, states }: ContainerFilters): Promise<readonly ContainerId[]> {
    if (labels !== undefined) throw new Error("no heal of a single container lists by labels");
    const found = [...this.containers.values()].filter(
      ({ name, status }) =>
        (beginnings?.some((beginning) => name.startsWith(beginning)) ?? true) &&
        (states?.some((state) => state === status) ?? true),
    );
    return Promise.resolve(found.map(({ id }) => containerId(id)));
  }

  inspectNetwork(name: string): Promise<JsonObject | null> {
    return Promise.resolve(this.networks.has(name) ? { Id: name } : null);
  }

  inspectVolume(name: string): Promise<JsonObject | null> {
    return Promise.resolve(this.volumes.has(name) ? { Name: name } : null);
  }

  hasVolume(name: string): Promise<boolean> {
    return Promise.resolve(this.volumes.has(name));
  }

  async create(name: string, body: JsonObject): Promise<ContainerId> {
    const image = await this.inspectImage(textAt(body, "Image"));
    if (image === null) throw refused(404, "No such image");
    if (this.#named(name) !== null) throw refused(409, `the name ${name} is taken`);
    const host = objectAt(body, "HostConfig");
    for (const mount of objectsAt(host, "Mounts"))
      if (textAt(mount, "Source") === "/missing")
        throw refused(400, "bind source path does not exist");
    const id = this.#newId("container");
    const volumes = volumesOf(body, this.#inherited(host), () => this.#newId("volume"));
    for (const volume of volumes.values()) this.volumes.add(volume.name);
    this.containers.set(id, {
      id,
      image: textAt(image, "Id"),
      body,
      name,
      status: "created",
      exitCode: 0,
      policy: objectAt(host, "RestartPolicy"),
      stoppedByHand: false,
      start: 0,
      networks: networksOf(body),
      joined: 0,
      volumes,
    });
    return containerId(id);
  }

  connectNetwork(network: string, id: ContainerId, endpoint: JsonObject): Promise<void> {
    return this.#act(id, (one) => {
      if (!this.networks.has(network)) throw refused(404, `network ${network} not found`);
      one.networks.set(network, endpoint);
    });
  }

  stop(id: ContainerId): Promise<void> {
    return this.#act(id, (one) => {
      one.stoppedByHand = true;
      this.#down(one, 143);
    });
  }

  start(id: ContainerId): Promise<void> {
    return this.#act(id, (one) => {
      if (this.unstartable.has(id)) throw refused(500, `task ${id}: already exists`);
      if (one.status !== "running") this.#up(one);
    });
  }

  async restart(id: ContainerId): Promise<void> {
    await this.stop(id);
    await this.start(id);
  }

  rename(id: ContainerId, name: string): Promise<void> {
    return this.#act(id, (one) => {
      this.#refuseDead(one);
      if (one.name === name) throw refused(400, "it has that name already");
      if (this.#named(name) !== null) throw refused(409, `the name ${name} is taken`);
      one.name = name;
    });
  }

  setRestartPolicy(id: ContainerId, policy: JsonObject): Promise<void> {
    return this.#act(id, (one) => {
      this.#refuseDead(one);
      one.policy = policy;
    });
  }

  remove(id: ContainerId, { volumes }: { readonly volumes: boolean }): Promise<void> {
    return this.#act(id, (one) => {
      if (one.status === "running") throw refused(409, "it runs");
      this.forceRemove(one.name, volumes);
    });
  }

  removeImage(): Promise<void> {
    return Promise.resolve();
  }

  exitedAt(): Promise<null> {
    return Promise.resolve(null);
  }

  wasToldToEnd(): Promise<boolean> {
    return Promise.resolve(false);
  }

  logs(): Promise<string> {
    return Promise.resolve("the last line\n");
  }

  // What others do to it.

  find(idOrName: string): ModelContainer | null {
    const all = [...this.containers.values()];
    // As the engine does: the beginning of an ID is as good as a name.
    const begins = /^[0-9a-f]+$/.test(idOrName)
      ? all.filter((one) => one.id.startsWith(idOrName))
      : [];
    return this.#named(idOrName) ?? (begins.length === 1 ? (begins[0] ?? null) : null);
  }

  forceRemove(name: string, volumes = false): void {
    const one = this.find(name);
    if (one === null) return;
    this.#down(one, 137);
    this.containers.delete(one.id);
    if (!volumes) return;
    for (const volume of one.volumes.values())
      if (!volume.byName && !this.#isInUse(volume.name)) this.volumes.delete(volume.name);
  }

  /** The engine dies and is started again: everything goes down, and what has a policy that says so comes up. */
  restartEngine(): void {
    const ran = [...this.containers.values()].filter((one) => one.status === "running");
    for (const one of ran) this.#down(one, 137);
    // Twice: a sharer may have been tried before the container that it joins.
    for (let pass = 1; pass <= 2; pass++)
      for (const one of this.containers.values()) if (this.#isRevived(one)) this.#tryUp(one);
    this.#noteTwins();
  }

  /** Whether it runs and is in the namespace of the container that it names, as that one runs now. */
  isServing(container: ModelContainer): boolean {
    if (container.status !== "running") return false;
    const target = joinedTo(container);
    if (target === "") return true;
    const parent = this.find(target);
    return parent?.status === "running" && parent.start === container.joined;
  }

  // How it works.

  #refuseDead({ status }: ModelContainer): void {
    if (status === "dead") throw refused(409, "it is marked for removal");
  }

  #up(one: ModelContainer): void {
    this.#refuseDead(one);
    const target = joinedTo(one);
    const parent = target === "" ? null : this.find(target);
    if (target !== "" && parent?.status !== "running")
      throw refused(409, `cannot join the namespace of ${target}, which does not run`);
    for (const network of one.networks.keys())
      if (!this.networks.has(network)) throw refused(404, `network ${network} not found`);
    this.#refuseTakenPorts(one);
    const behaviour = this.images.get(one.image) ?? "serves";
    if (behaviour === "does not start") throw refused(400, "no such file or directory");
    one.start = ++this.#counter;
    one.joined = parent?.start ?? 0;
    one.stoppedByHand = false;
    one.status = "running";
    if (behaviour === "exits") this.#down(one, 3);
  }

  #refuseTakenPorts(one: ModelContainer): void {
    const ports = portsOf(one);
    for (const other of this.containers.values())
      if (other.status === "running" && portsOf(other).some((port) => ports.includes(port)))
        throw refused(500, "port is already allocated");
  }

  #noteTwins(): void {
    const writers = [...this.containers.values()].filter(
      ({ status, volumes, body }) =>
        status === "running" &&
        volumes.size > 0 &&
        textsAt(objectAt(body, "HostConfig"), "VolumesFrom").length === 0,
    );
    if (writers.length > 1) this.twins.push(...writers.map(({ name }) => name));
  }

  #tryUp(one: ModelContainer): void {
    try {
      if (one.status !== "running") this.#up(one);
    } catch {
      // As the engine: it says so in its log.
    }
  }

  #down(one: ModelContainer, exitCode: number): void {
    if (one.status !== "running") return;
    one.status = "exited";
    one.exitCode = exitCode;
    for (const other of this.containers.values())
      if (other.status === "running" && sharesPids(other) && this.find(joinedTo(other)) === one)
        this.#down(other, 137);
  }

  #isRevived({ policy, stoppedByHand, exitCode, status, start }: ModelContainer): boolean {
    if (status === "running" || start === 0) return false;
    switch (textAt(policy, "Name")) {
      case "always":
        return true;
      case "unless-stopped":
        return !stoppedByHand;
      case "on-failure":
        return exitCode !== 0;
      default:
        return false;
    }
  }

  #named(name: string): ModelContainer | null {
    const all = [...this.containers.values()];
    return all.find((one) => one.name === name || one.id === name) ?? null;
  }

  #inherited(host: JsonObject): Map<string, ModelVolume> {
    const sources = textsAt(host, "VolumesFrom").flatMap((name) => this.find(name) ?? []);
    return new Map(sources.flatMap((source) => [...source.volumes]));
  }

  #isInUse(volume: string): boolean {
    return [...this.containers.values()].some((one) =>
      [...one.volumes.values()].some(({ name }) => name === volume),
    );
  }

  #act(id: string, act: (one: ModelContainer) => void): Promise<void> {
    const one = this.containers.get(id);
    if (one === undefined) return Promise.reject(refused(404, `No such container: ${id}`));
    try {
      act(one);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #newId(kind: string): string {
    return createHash("sha256")
      .update(`${kind} ${String(++this.#counter)}`)
      .digest("hex");
  }
}

function networksOf(body: JsonObject): Map<string, JsonObject> {
  const endpoints = objectAt(objectAt(body, "NetworkingConfig"), "EndpointsConfig");
  const asked = Object.keys(endpoints);
  const mode = textAt(objectAt(body, "HostConfig"), "NetworkMode");
  const isDefault = mode === "" || mode === "default" || mode === "bridge";
  const names = asked.length === 0 && isDefault ? ["bridge"] : asked;
  return new Map(names.map((name) => [name, objectAt(endpoints, name)]));
}

/** As the adapter gives a refusal of the engine's. */
function refused(statusCode: number, message: string): StalewatchError {
  const cause = Object.assign(new Error(message), { statusCode });
  return new StalewatchError("ENGINE_HTTP", message, { cause });
}

import type { ContainerId, EpochMs, ImageId, Milliseconds } from "../domain/ids.ts";
import type { EngineIdentity } from "../domain/observation.ts";
import type { JsonObject } from "../domain/replacement/json.ts";

export interface ContainerFilters {
  /** All of them are carried: `key=value`. */
  readonly labels?: readonly string[];
  /** The name begins with one of these. */
  readonly beginnings?: readonly string[];
  /** It is in one of these. */
  readonly states?: readonly ("created" | "exited")[];
}

/** What a heal may ask of an engine: everything that changes something, and the inspects that tell what became of it.
 *  Containers are acted on by ID only. No status code is an answer: a rename to its own name is 400, the start of a
 *  stopping container 304, a taken port 500; whoever wants to know looks. */
export interface HealEngine {
  readonly identity: EngineIdentity;
  /** Raw; null when there is none of that ID or name. */
  inspect(idOrName: string, signal: AbortSignal): Promise<JsonObject | null>;
  inspectImage(idOrReference: string, signal: AbortSignal): Promise<JsonObject | null>;
  /** IDs of the containers, in any state, that all these filters let through. */
  list(filters: ContainerFilters, signal: AbortSignal): Promise<readonly ContainerId[]>;
  inspectNetwork(name: string, signal: AbortSignal): Promise<JsonObject | null>;
  inspectVolume(name: string, signal: AbortSignal): Promise<JsonObject | null>;
  hasVolume(name: string, signal: AbortSignal): Promise<boolean>;
  create(name: string, body: JsonObject, signal: AbortSignal): Promise<ContainerId>;
  connectNetwork(
    network: string,
    id: ContainerId,
    endpoint: JsonObject,
    signal: AbortSignal,
  ): Promise<void>;
  /** With the container's own signal and timeout; `patience` is how long the engine may take to answer. */
  stop(id: ContainerId, patience: Milliseconds, signal: AbortSignal): Promise<void>;
  start(id: ContainerId, signal: AbortSignal): Promise<void>;
  rename(id: ContainerId, name: string, signal: AbortSignal): Promise<void>;
  setRestartPolicy(id: ContainerId, policy: JsonObject, signal: AbortSignal): Promise<void>;
  /** `volumes`: its anonymous volumes, too. Never by force: what runs is not removed. */
  remove(
    id: ContainerId,
    options: { readonly volumes: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  removeImage(id: ImageId, signal: AbortSignal): Promise<void>;
  /** When it exited last since then, by the engine's clock; null where the engine does not remember it. */
  exitedAt(id: ContainerId, since: EpochMs, signal: AbortSignal): Promise<EpochMs | null>;
  /** Whether somebody has begun to stop it since then, by the engine's clock: it was sent a signal that ends things. */
  wasToldToEnd(id: ContainerId, since: EpochMs, signal: AbortSignal): Promise<boolean>;
  /** The last lines that it wrote, as text. */
  logs(id: ContainerId, lines: number, signal: AbortSignal): Promise<string>;
}

import type { ContainerId, EpochMs } from "../ids.ts";
import type { JsonObject } from "../replacement/json.ts";
import { objectAt, textAt } from "../replacement/read.ts";

/** Where the engine itself stands in its swarm. */
export interface SwarmNode {
  readonly id: string;
  /** `active`, or why it takes no part: `inactive`, `pending`, `locked`, `error`. */
  readonly state: string;
  /** Only a manager may read and change services. */
  readonly isManager: boolean;
}

/** Any node of the swarm. */
export interface SwarmPeer {
  readonly id: string;
  readonly hostname: string;
  /** Whether Swarm may start tasks on it now. */
  readonly isOpen: boolean;
  /** By the keys of placement constraints: `node.role`, `node.labels.disk`. Labels that it lacks are not in it. */
  readonly facts: ReadonlyMap<string, string>;
}

export interface SwarmService {
  readonly id: string;
  readonly name: string;
  /** Counts its changes. An update names the one that it was made from, and is refused after any other. */
  readonly version: number;
  /** Raw: an update sends the whole of it back. */
  readonly spec: JsonObject;
  /** Its last update or rollback. A hint, never a proof: a rollback is `completed` while its tasks crash. */
  readonly update: SwarmUpdate | null;
}

export interface SwarmUpdate {
  readonly state: string;
  /** As Swarm writes it: another value is another update. */
  readonly startedAt: string;
  readonly message: string;
}

/** One attempt to run a slot of a service. Swarm never starts a task twice, and keeps a few that have ended. */
export interface SwarmTask {
  readonly id: string;
  /** The number of its slot; for a global service the node's ID. */
  readonly slot: string;
  readonly nodeId: string;
  /** What Swarm wants it to be: `running`, `ready` to take over, `shutdown`. */
  readonly desired: string;
  readonly state: string;
  /** Since when it has been in that state. */
  readonly since: EpochMs | null;
  /** Why it ended, in Swarm's words; may be empty. */
  readonly error: string;
  readonly exitCode: number | null;
  readonly containerId: ContainerId | null;
}

/** States in which a task has ended by itself. One that Swarm ended is `shutdown` or `remove`. A failed health check
 *  may show as `complete`: the process was asked to end, and did so with code 0. */
const ENDED: ReadonlySet<string> = new Set(["complete", "failed", "rejected", "orphaned"]);

export function hasEnded({ state }: SwarmTask): boolean {
  return ENDED.has(state);
}

/** Why it ended. */
export function endText({ error, exitCode }: SwarmTask): string {
  return error || `it ended with code ${exitCode ?? 0}`;
}

/** Those that are to serve now. */
export function isServing({ desired }: SwarmTask): boolean {
  return desired === "running";
}

/** The name of the image that tasks are started from, as the service's definition has it. */
export function imageIn(spec: JsonObject): string {
  return textAt(objectAt(objectAt(spec, "TaskTemplate"), "ContainerSpec"), "Image");
}

/** A number that means nothing but that tasks with another one are to be replaced. */
export function forceUpdateIn(spec: JsonObject): number {
  const count = objectAt(spec, "TaskTemplate")["ForceUpdate"];
  return typeof count === "number" ? count : 0;
}

/** The same definition, but for the number that makes Swarm replace all tasks. */
export function forced(spec: JsonObject): JsonObject {
  const template = objectAt(spec, "TaskTemplate");
  return { ...spec, TaskTemplate: { ...template, ForceUpdate: forceUpdateIn(spec) + 1 } };
}

/** How many tasks a service wants: so many, one a node, or tasks that are to run once and end. */
export type Wanted =
  | { readonly kind: "replicated"; readonly count: number }
  | { readonly kind: "global" }
  | { readonly kind: "job" };

export function wantedBy(spec: JsonObject): Wanted {
  const mode = objectAt(spec, "Mode");
  if ("ReplicatedJob" in mode || "GlobalJob" in mode) return { kind: "job" };
  if ("Global" in mode) return { kind: "global" };
  const count = objectAt(mode, "Replicated")["Replicas"];
  return { kind: "replicated", count: typeof count === "number" ? count : 1 };
}

/** Whether Swarm is replacing its tasks at this moment. */
export function isUpdating({ update }: SwarmService): boolean {
  return update !== null && ["updating", "rollback_started"].includes(update.state);
}

import { formatSpan } from "../duration.ts";
import type { EpochMs, ImageId, Milliseconds } from "../ids.ts";
import { isAnonymousVolume, type ObservedMount } from "../observation.ts";
import { parseReference, tagKey } from "../reference.ts";
import type { NewestImage } from "../verdict.ts";
import { nodesFor } from "./swarm-placement.ts";
import {
  endText,
  hasEnded,
  imageIn,
  isServing,
  isUpdating,
  wantedBy,
  type SwarmNode,
  type SwarmPeer,
  type SwarmService,
} from "./swarm-service.ts";
import type { SeenTask } from "./swarm-standing.ts";

export type SwarmPreflight =
  | { readonly kind: "ready" }
  /** It cannot be done from here: somebody else must, or must change something first. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Not now: things are moving, and will be judged anew. */
  | { readonly kind: "wait"; readonly reason: string };

/** Why the services of the swarm cannot be updated from this engine, or null. */
export function nodeRefusal({ state, isManager }: SwarmNode): string | null {
  if (state !== "active") return `Swarm does not run on this host (${state})`;
  if (isManager) return null;
  return "this host is a worker of its swarm, and only a manager can update a service";
}

export interface SwarmCase {
  readonly service: SwarmService;
  readonly tasks: readonly SeenTask[];
  readonly peers: readonly SwarmPeer[];
  /** Of the engine that is watched. */
  readonly node: SwarmNode;
  /** What its containers follow, and what they should run. */
  readonly reference: string | null;
  readonly newest: NewestImage;
  /** What the reference means at this moment; null for nothing. */
  readonly meantNow: ImageId | null;
  readonly mounts: readonly ObservedMount[];
  readonly settle: Milliseconds;
  readonly now: EpochMs;
}

/** Looks before anything changes. Once it has been asked, Swarm replaces every task of the service wherever it likes, so
 *  what cannot be seen from here must not be part of it. */
export function swarmPreflight(one: SwarmCase): SwarmPreflight {
  const refusal = definitionRefusal(one) ?? placeRefusal(one) ?? volumeRefusal(one);
  if (refusal !== null) return { kind: "refused", reason: refusal };
  const reason = movement(one);
  return reason === null ? { kind: "ready" } : { kind: "wait", reason };
}

function definitionRefusal({ service, reference, newest }: SwarmCase): string | null {
  if (wantedBy(service.spec).kind === "job") return "the service is a job: it would run once more";
  const image = imageIn(service.spec);
  const own = parseReference(image);
  if (own.kind !== "tag") return `the service pins its image (${image}): an update keeps it`;
  if (!isSameTag(image, reference))
    return `the service starts its tasks from ${image}, not from ${reference ?? "a known name"}`;
  return isSameTag(image, newest.tag)
    ? null
    : `the newest image is ${newest.tag}, and the service's definition says ${image}`;
}

function isSameTag(a: string, b: string | null): boolean {
  const [one, other] = [parseReference(a), parseReference(b ?? "")];
  return one.kind === "tag" && other.kind === "tag" && tagKey(one) === tagKey(other);
}

/** Which image a tag means differs from node to node. */
function placeRefusal({ service, tasks, peers, node }: SwarmCase): string | null {
  const away = tasks.some((task) => isServing(task) && task.nodeId !== node.id);
  const elsewhere = nodesFor(service.spec, peers).filter(({ id }) => id !== node.id);
  if (!away && elsewhere.length === 0) return null;
  const names = elsewhere.map(({ hostname }) => hostname).join(", ") || "other nodes";
  return (
    `Swarm may start its tasks on ${names} as well, whose images cannot be seen from here: ` +
    "a placement constraint keeps the service on this host"
  );
}

function volumeRefusal({ mounts }: SwarmCase): string | null {
  const found = mounts.find(isAnonymousVolume);
  if (found === undefined) return null;
  return `its anonymous volume at ${found.destination} would be left behind: a new task of Swarm starts with an empty one`;
}

function movement(one: SwarmCase): string | null {
  const { service, newest, meantNow } = one;
  if (isUpdating(service)) return "Swarm is updating the service";
  if (meantNow !== newest.id) return "its tag means yet another image by now";
  if (!one.tasks.some(isServing)) return "the service wants no task at the moment";
  return unprovenText(one);
}

/** A task that got the newest image on its own, after a failure or a reboot, shows first whether that image holds. */
function unprovenText({ service, tasks, newest, settle, now }: SwarmCase): string | null {
  const lasted = ({ since }: SeenTask): Milliseconds => now - (since ?? now);
  for (const task of tasks) {
    const name = `task ${service.name}.${task.slot}`;
    if (task.image === newest.id && lasted(task) < settle) {
      if (hasEnded(task)) return `${name} has just ended on the newest image: ${endText(task)}`;
      if (isServing(task))
        return `${name} has been on the newest image for less than ${formatSpan(settle)}`;
    }
    if (task.desired !== "shutdown" && task.error !== "") return `${name} is down: ${task.error}`;
  }
  return null;
}

import type { SwarmRecord } from "../../../../src/domain/heal/swarm-record.ts";
import type {
  SwarmPeer,
  SwarmService,
  SwarmUpdate,
} from "../../../../src/domain/heal/swarm-service.ts";
import type { SeenTask } from "../../../../src/domain/heal/swarm-standing.ts";
import { engineId, subjectKey } from "../../../../src/domain/ids.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { at, containerNamed, imageNamed } from "../builders.ts";

export const NODE = "node-1";

export interface ServiceSketch {
  readonly image?: string;
  readonly replicas?: number;
  readonly mode?: JsonObject;
  readonly forceUpdate?: number;
  readonly version?: number;
  readonly update?: Partial<SwarmUpdate> | null;
  readonly constraints?: readonly string[];
}

/** The service web of two tasks, started from web:latest, never updated. */
export function service(sketch: ServiceSketch = {}): SwarmService {
  const { image = "web:latest", replicas = 2, version = 11, forceUpdate, update = null } = sketch;
  const spec: JsonObject = {
    Name: "web",
    TaskTemplate: {
      ContainerSpec: { Image: image },
      Placement: { Constraints: sketch.constraints ?? [] },
      ...(forceUpdate !== undefined && { ForceUpdate: forceUpdate }),
    },
    Mode: sketch.mode ?? { Replicated: { Replicas: replicas } },
  };
  const nothing = { state: "completed", startedAt: "2026-05-06T12:30:00Z", message: "" };
  return { id: "web-id", name: "web", version, spec, update: update && { ...nothing, ...update } };
}

export interface TaskSketch extends Partial<Omit<SeenTask, "image" | "since">> {
  /** The nickname of the image that its container runs; null for no container. */
  readonly runs?: string | null;
  readonly since?: string;
}

/** A task of slot 1 that has run v2 since 12:31. */
export function seen(id: string, sketch: TaskSketch = {}): SeenTask {
  const { runs = "v2", since = "12:31", ...rest } = sketch;
  return {
    id,
    slot: "1",
    nodeId: NODE,
    desired: "running",
    state: "running",
    error: "",
    exitCode: null,
    containerId: runs === null ? null : containerNamed(id),
    image: runs === null ? null : imageNamed(runs),
    since: at(since),
    ...rest,
  };
}

/** A task that ended by itself. */
export function ended(id: string, sketch: TaskSketch = {}): SeenTask {
  return seen(id, {
    desired: "shutdown",
    state: "failed",
    error: "task: non-zero exit (3)",
    exitCode: 3,
    ...sketch,
  });
}

/** The heal of web from v1 to v2, opened at 12:30, when its tasks were `old-1` and `old-2`. */
export function swarmRecord(sketch: Partial<SwarmRecord> = {}): SwarmRecord {
  return {
    method: "swarm",
    id: "h1",
    engine: engineId("ENGINE:ONE"),
    subject: subjectKey("swarm:web"),
    container: "web",
    affected: {
      container: "web",
      project: null,
      service: "web",
      reference: "web:latest",
      running: { id: imageNamed("v1"), createdAt: at("10:00") },
      newest: { id: imageNamed("v2"), tag: "web:latest", createdAt: at("12:00"), revision: null },
    },
    divergedSince: at("12:00"),
    remedy: "docker service update --force web",
    by: "daemon",
    openedAt: at("12:30"),
    serviceId: "web-id",
    image: "web:latest",
    newImage: imageNamed("v2"),
    oldImages: [imageNamed("v1")],
    forceUpdate: 0,
    updateStartedAt: null,
    knownTasks: ["old-1", "old-2"],
    limits: { settle: 30_000, stall: 120_000 },
    ...sketch,
  };
}

export interface PeerSketch {
  readonly isOpen?: boolean;
  readonly facts?: Readonly<Record<string, string>>;
}

export function peer(id: string, { isOpen = true, facts = {} }: PeerSketch = {}): SwarmPeer {
  const hostname = `${id}-host`;
  const own = { "node.id": id, "node.hostname": hostname, "node.role": "worker", ...facts };
  return { id, hostname, isOpen, facts: new Map(Object.entries(own)) };
}

import type {
  SwarmNode,
  SwarmPeer,
  SwarmService,
  SwarmTask,
  SwarmUpdate,
} from "../domain/heal/swarm-service.ts";
import { containerId, type EpochMs } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/replacement/json.ts";
import { isObject, objectAt, textAt } from "../domain/replacement/read.ts";
import { badAnswer } from "./wire.ts";

/** Reads what Swarm's part of the engine sent. As everywhere, a missing optional field is as good as an empty one, and a
 *  missing ID is nonsense. */
export function swarmRows(what: string, value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) throw badAnswer(what, value);
  return (value as readonly Json[]).map((row) => {
    if (!isObject(row) || textAt(row, "ID") === "") throw badAnswer(what, row);
    return row;
  });
}

/** From `GET /info`; an engine that knows nothing of Swarm, such as Podman, takes no part in one. */
export function readNode(info: Readonly<Record<string, unknown>>): SwarmNode {
  const swarm = objectAt(info as JsonObject, "Swarm");
  return {
    id: textAt(swarm, "NodeID"),
    state: textAt(swarm, "LocalNodeState") || "inactive",
    isManager: swarm["ControlAvailable"] === true,
  };
}

export function readPeer(node: JsonObject): SwarmPeer {
  const spec = objectAt(node, "Spec");
  const description = objectAt(node, "Description");
  const id = textAt(node, "ID");
  const hostname = textAt(description, "Hostname");
  return {
    id,
    hostname: hostname || id,
    isOpen:
      textAt(spec, "Availability") === "active" &&
      textAt(objectAt(node, "Status"), "State") === "ready",
    facts: new Map([
      ["node.id", id],
      ["node.hostname", hostname],
      ["node.role", textAt(spec, "Role")],
      ...labelFacts("node.labels.", objectAt(spec, "Labels")),
      ...labelFacts("engine.labels.", objectAt(objectAt(description, "Engine"), "Labels")),
    ]),
  };
}

function labelFacts(prefix: string, labels: JsonObject): (readonly [string, string])[] {
  return Object.keys(labels).map((label) => [prefix + label, textAt(labels, label)] as const);
}

export function readService(service: Readonly<Record<string, unknown>>): SwarmService {
  const read = service as JsonObject;
  const spec = objectAt(read, "Spec");
  const version = objectAt(read, "Version")["Index"];
  if (typeof version !== "number") throw badAnswer("a service", service);
  return {
    id: textAt(read, "ID"),
    name: textAt(spec, "Name"),
    version,
    spec,
    update: readUpdate(objectAt(read, "UpdateStatus")),
  };
}

function readUpdate(status: JsonObject): SwarmUpdate | null {
  const state = textAt(status, "State");
  if (state === "") return null;
  return { state, startedAt: textAt(status, "StartedAt"), message: textAt(status, "Message") };
}

export function readTask(task: JsonObject): SwarmTask {
  const status = objectAt(task, "Status");
  const container = objectAt(status, "ContainerStatus");
  const id = textAt(container, "ContainerID");
  const { Slot: slot } = task;
  const exitCode = container["ExitCode"];
  return {
    id: textAt(task, "ID"),
    slot: typeof slot === "number" && slot > 0 ? String(slot) : textAt(task, "NodeID"),
    nodeId: textAt(task, "NodeID"),
    desired: textAt(task, "DesiredState"),
    state: textAt(status, "State"),
    since: instant(textAt(status, "Timestamp")),
    error: textAt(status, "Err"),
    exitCode: typeof exitCode === "number" ? exitCode : null,
    containerId: id === "" ? null : containerId(id),
  };
}

function instant(text: string): EpochMs | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

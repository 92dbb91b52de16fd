import { containerId } from "../ids.ts";
import { COMPOSE } from "../labels.ts";
import type { JsonObject } from "../replacement/json.ts";
import { objectAt, textAt, textsAt } from "../replacement/read.ts";
import { volumeSources } from "../replacement/volumes.ts";
import { parseDependsOn, type Relations, type Tie } from "./relations.ts";

/** Modes of a HostConfig that may join another container's namespace. */
const JOINED: readonly (readonly [Tie, string])[] = [
  ["network", "NetworkMode"],
  ["ipc", "IpcMode"],
  ["pid", "PidMode"],
];

/** What a container needs of others, read from its raw inspect. */
export function relationsOf(inspect: JsonObject): Relations {
  const labels = objectAt(objectAt(inspect, "Config"), "Labels");
  const state = objectAt(inspect, "State");
  return {
    id: containerId(textAt(inspect, "Id")),
    name: textAt(inspect, "Name").replace(/^\//, ""),
    running: state["Running"] === true,
    project: textAt(labels, COMPOSE.project) || null,
    service: textAt(labels, COMPOSE.service) || null,
    dependsOn: parseDependsOn(textAt(labels, COMPOSE.dependsOn)),
    ties: tiesOf(inspect),
  };
}

function tiesOf(inspect: JsonObject): Relations["ties"] {
  const host = objectAt(inspect, "HostConfig");
  const joined = JOINED.flatMap(([tie, key]) => {
    const on = /^container:(.+)$/.exec(textAt(host, key))?.[1];
    return on === undefined ? [] : [{ tie, on }];
  });
  const volumes = volumeSources(inspect).map((on) => ({ tie: "volumes-from" as const, on }));
  const links = textsAt(host, "Links").map((link) => ({
    tie: "link" as const,
    on: link.split(":")[0] ?? "",
  }));
  return [...joined, ...volumes, ...links];
}

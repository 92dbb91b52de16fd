import type { ContainerId } from "../ids.ts";
import type { Json, JsonObject } from "./json.ts";
import { defined, textAt, textsAt } from "./read.ts";

/** New IDs of containers that are replaced in the same heal, by old ID and by name. */
export type Replaced = ReadonlyMap<string, ContainerId>;

/** The new ID of a container that is replaced, whether it is called by name, by ID or by the beginning of its ID. */
export function successorOf(name: string, replaced: Replaced): ContainerId | undefined {
  const exact = replaced.get(name) ?? replaced.get(`/${name}`);
  if (exact !== undefined || !/^[0-9a-f]{12,}$/.test(name)) return exact;
  const id = [...replaced.keys()].find((key) => key.startsWith(name));
  return id === undefined ? undefined : replaced.get(id);
}

const MODES = ["NetworkMode", "IpcMode", "PidMode", "UTSMode", "UsernsMode", "Cgroup"] as const;

/** Fields of a HostConfig that name other containers, as a request takes them, naming their successors. */
export function repointed(host: JsonObject, replaced: Replaced): JsonObject {
  const modes = MODES.map((key) => [key, repointedMode(host[key], replaced)] as const);
  return defined({
    ...Object.fromEntries(modes),
    VolumesFrom: each(host, "VolumesFrom", (source) => repointedSource(source, replaced)),
    // Engines show them in any order.
    Links: each(host, "Links", (link) => requestLink(link, replaced))?.sort(),
  });
}

function each(
  from: JsonObject,
  key: string,
  change: (text: string) => string,
): string[] | undefined {
  return Array.isArray(from[key]) ? textsAt(from, key).map(change) : undefined;
}

function repointedMode(mode: Json | undefined, replaced: Replaced): string | undefined {
  if (typeof mode !== "string" || !mode.startsWith("container:")) return undefined;
  const target = mode.slice("container:".length);
  return `container:${successorOf(target, replaced) ?? target}`;
}

/** `NAME` or `NAME:ro`. */
function repointedSource(source: string, replaced: Replaced): string {
  const [name = "", ...mode] = source.split(":");
  return [successorOf(name, replaced) ?? name, ...mode].join(":");
}

/** Inspects show a link as `/db:/web/alias`, with the names of both ends; a request takes `db:alias`. */
function requestLink(link: string, replaced: Replaced): string {
  const [target = "", alias = target] = link.split(":");
  const name = target.replace(/^\//, "");
  return `${successorOf(name, replaced) ?? name}:${alias.slice(alias.lastIndexOf("/") + 1)}`;
}

/** The container whose network another one is in, or "". */
export function networkOwner(host: JsonObject): string {
  return /^container:(.*)$/.exec(textAt(host, "NetworkMode"))?.[1] ?? "";
}

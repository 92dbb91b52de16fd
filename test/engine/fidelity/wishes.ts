import type { Json, JsonObject } from "../../../src/domain/replacement/json.ts";

/** What is not the same as with the same command given again: anonymous volumes get names, links show the container's
 *  name, a network may have been left since, and the first start writes the engine's default runtime down. */
const HOST_MAY_DIFFER = ["Binds", "Mounts", "Links", "NetworkMode", "Runtime"];
const COMPOSE_MAY_DIFFER = ["com.docker.compose.image", "com.docker.compose.replace"];

/** The part of an inspect that says what was asked for, so that it compares with that of another container: in an order
 *  of its own, without names that the engine makes up, without what a heal must change. */
export function wishesIn(inspect: JsonObject): Json {
  const config = inspect["Config"] as JsonObject;
  const host = inspect["HostConfig"] as JsonObject;
  return {
    HostConfig: without(host, HOST_MAY_DIFFER),
    Config: {
      ...config,
      Env: [...(config["Env"] as readonly string[])].sort(),
      Hostname: ownHostname(inspect, config, host),
      Labels: without(config["Labels"] as JsonObject, COMPOSE_MAY_DIFFER),
    },
  };
}

/** A request, but for what it says of volumes and paths. */
export function withoutMounts(request: JsonObject): JsonObject {
  const host = request["HostConfig"] as JsonObject;
  return { ...request, HostConfig: without(host, ["Binds", "Mounts"]) };
}

function ownHostname(inspect: JsonObject, config: JsonObject, host: JsonObject): Json {
  const name = String(config["Hostname"]);
  if (String(host["NetworkMode"]).startsWith("container:")) return "of another";
  return String(inspect["Id"]).startsWith(name) ? "made up" : name;
}

function without(from: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
}

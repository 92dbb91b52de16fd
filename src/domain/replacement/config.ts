import { ownHostname } from "./host-name.ts";
import type { JsonObject } from "./json.ts";
import { replacementLabels } from "./labels.ts";
import { ownConfig } from "./own-config.ts";
import { objectAt, pick } from "./read.ts";
import { networkOwner } from "./repoint.ts";

/** Set apart from the rest, by rules of their own. */
const SEPARATE: ReadonlySet<string> = new Set(["Image", "Hostname", "Domainname", "MacAddress"]);

/** What the user gave of the container's `Config`, made ready for a request on the new image. */
export function replacementConfig(
  inspect: JsonObject,
  oldImage: JsonObject,
  newImage: string,
): JsonObject {
  const config = objectAt(inspect, "Config");
  const own = ownConfig(
    pick(config, (key) => !SEPARATE.has(key)),
    oldImage,
  );
  return {
    ...own,
    ...ownHostname(inspect),
    ExposedPorts: exposedPorts(objectAt(own, "ExposedPorts"), objectAt(inspect, "HostConfig")),
    Labels: replacementLabels(objectAt(config, "Labels"), objectAt(own, "Labels"), newImage),
  };
}

/** A published port is always also an exposed one: an engine before 29 publishes no other, and the new image may expose
 *  fewer than the old. In another container's network a request that exposes any is refused. */
function exposedPorts(own: JsonObject, host: JsonObject): JsonObject {
  if (networkOwner(host) !== "") return {};
  const published = Object.keys(objectAt(host, "PortBindings")).map((port) => [port, {}] as const);
  return { ...own, ...Object.fromEntries(published) };
}

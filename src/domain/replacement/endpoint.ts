import { autoName } from "./host-name.ts";
import type { JsonObject } from "./json.ts";
import { pick, textAt, textsAt } from "./read.ts";

/** What the engine writes into an endpoint while the container runs. All else is a setting, known to us or not. */
const RUNTIME: ReadonlySet<string> = new Set([
  "NetworkID",
  "EndpointID",
  "SandboxID",
  "Gateway",
  "IPAddress",
  "IPPrefixLen",
  "IPv6Gateway",
  "GlobalIPv6Address",
  "GlobalIPv6PrefixLen",
  "MacAddress",
  "DesiredMacAddress",
  "IPAMOperational",
  "DNSNames",
]);
const PREDEFINED: ReadonlySet<string> = new Set(["default", "bridge", "host", "none"]);

/** Only in a network that somebody made do names resolve, and only there aliases are allowed. */
export function isUserDefined(network: string): boolean {
  return !PREDEFINED.has(network);
}

/** One endpoint as a request takes it; its MAC address is another matter. The container's own name becomes an alias, so
 *  that it resolves while the replacement still has another name. */
export function requestEndpoint(
  network: string,
  endpoint: JsonObject,
  inspect: JsonObject,
): JsonObject {
  const settings = endpointSettings(endpoint);
  if (!isUserDefined(network)) return settings;
  const name = textAt(inspect, "Name").replace(/^\//, "");
  return { ...settings, Aliases: [...new Set([...ownAliases(endpoint, inspect), name])] };
}

/** What was set at an endpoint, without its aliases. */
export function endpointSettings(endpoint: JsonObject): JsonObject {
  const isSetting = (key: string): boolean => key !== "Aliases" && !RUNTIME.has(key);
  return pick(endpoint, (key, value) => isSetting(key) && value !== null);
}

/** Without the short ID that older engines put among them: it would go on resolving to a container that is no more. */
export function ownAliases(endpoint: JsonObject, inspect: JsonObject): readonly string[] {
  return textsAt(endpoint, "Aliases").filter((alias) => alias !== autoName(inspect));
}

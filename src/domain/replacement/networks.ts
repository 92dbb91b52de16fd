import { isAtLeast } from "./api-version.ts";
import { requestEndpoint } from "./endpoint.ts";
import type { JsonObject } from "./json.ts";
import { containerWide, ownMacAddress, PER_ENDPOINT_SINCE } from "./mac-address.ts";
import { isObject, objectAt, textAt } from "./read.ts";

/** A further network, to be connected by a call of its own. */
export interface Connection {
  readonly network: string;
  /** `EndpointConfig` of `POST /networks/{id}/connect`. */
  readonly endpoint: JsonObject;
}

export interface NetworkPlan {
  /** `HostConfig.NetworkMode`. */
  readonly mode: string;
  /** `NetworkingConfig.EndpointsConfig`. */
  readonly atCreate: JsonObject;
  readonly connect: readonly Connection[];
  /** `MacAddress` of the request: only where endpoints cannot have one. */
  readonly macAddress: string | null;
}

/** From here on a request may name several networks. */
const SEVERAL_SINCE = "1.44";
/** Modes without an endpoint that could be configured. */
const WITHOUT_ENDPOINTS = /^(?:host|none|container)(?::|$)/;
/** Podman's; elsewhere a network may have such a name. */
const PODMANS_MODES = /^(?:ns|private|slirp4netns|pasta)(?::|$)/;
const DEFAULT_MODES: ReadonlySet<string> = new Set(["", "default", "bridge"]);
/** The default network's name on Docker and on Podman. */
const DEFAULT_NETWORKS: ReadonlySet<string> = new Set(["bridge", "podman"]);

/** How the replacement gets into the networks of the old container; null when that one is in none any more although it
 *  was created on one: a new container cannot be made so. */
export function networkPlan(inspect: JsonObject, apiVersion: string): NetworkPlan | null {
  const mode = textAt(objectAt(inspect, "HostConfig"), "NetworkMode");
  const endpoints = objectAt(objectAt(inspect, "NetworkSettings"), "Networks");
  const isWithout =
    WITHOUT_ENDPOINTS.test(mode) || (PODMANS_MODES.test(mode) && !(mode in endpoints));
  if (isWithout || objectAt(inspect, "Config")["NetworkDisabled"] === true)
    return { mode, atCreate: {}, connect: [], macAddress: null };
  const main = mainNetwork(mode, endpoints);
  if (main === null) return null;
  const settled = Object.entries(endpoints).map(([network, endpoint]) => ({
    network,
    endpoint: wished(network, isObject(endpoint) ? endpoint : {}, network === main, {
      inspect,
      apiVersion,
    }),
  }));
  const isFirst = ({ network }: Connection): boolean =>
    network === main || isAtLeast(apiVersion, SEVERAL_SINCE);
  const first = settled
    .filter(isFirst)
    .map(({ network, endpoint }) => [network, endpoint] as const);
  return {
    mode: meansNetwork(mode, main, endpoints) ? mode : main,
    atCreate: Object.fromEntries(first),
    connect: settled.filter((connection) => !isFirst(connection)),
    macAddress: isAtLeast(apiVersion, PER_ENDPOINT_SINCE) ? null : containerWide(inspect) || null,
  };
}

interface Context {
  readonly inspect: JsonObject;
  readonly apiVersion: string;
}

function wished(
  network: string,
  endpoint: JsonObject,
  isMain: boolean,
  { inspect, apiVersion }: Context,
): JsonObject {
  const settings = requestEndpoint(network, endpoint, inspect);
  const mac = isAtLeast(apiVersion, PER_ENDPOINT_SINCE)
    ? ownMacAddress({ inspect, endpoint, isMain, apiVersion })
    : null;
  return mac === null ? settings : { ...settings, MacAddress: mac };
}

/** The network that the container was created on, or, should it have been disconnected from it, another one. */
function mainNetwork(mode: string, endpoints: JsonObject): string | null {
  const names = Object.keys(endpoints);
  return names.find((name) => meansNetwork(mode, name, endpoints)) ?? names[0] ?? null;
}

/** A mode may name a network by name, by ID or by the beginning of its ID. */
function meansNetwork(mode: string, network: string, endpoints: JsonObject): boolean {
  if (mode === network) return true;
  if (DEFAULT_MODES.has(mode)) return DEFAULT_NETWORKS.has(network);
  const id = textAt(objectAt(endpoints, network), "NetworkID");
  return /^[0-9a-f]{12,}$/.test(mode) && id.startsWith(mode);
}

import type { JsonObject } from "./json.ts";
import { isObject, objectAt, textAt } from "./read.ts";
import type { NetworkPlan } from "./networks.ts";
import type { AnonymousVolume } from "./volumes.ts";

/** Names that the engine made up are as long as IDs; people know them by their beginning. */
const GENERATED_NAME = /^[0-9a-f]{64}$/;

/** What a bare recreate would have lost, one phrase each. */
export function carriedOver(
  volumes: readonly AnonymousVolume[],
  plan: NetworkPlan,
): readonly string[] {
  const endpoints = [
    ...Object.entries(plan.atCreate).map(([network, endpoint]) => ({ network, endpoint })),
    ...plan.connect,
  ];
  return [
    ...volumes.map(({ name, destination }) => `anonymous volume ${short(name)} at ${destination}`),
    ...(plan.macAddress === null ? [] : [`MAC address ${plan.macAddress}`]),
    ...endpoints.flatMap(({ network, endpoint }) =>
      isObject(endpoint) ? addressesOf(endpoint).map((text) => `${text} in ${network}`) : [],
    ),
  ];
}

function addressesOf(endpoint: JsonObject): readonly string[] {
  const ipam = objectAt(endpoint, "IPAMConfig");
  const addresses = [textAt(ipam, "IPv4Address"), textAt(ipam, "IPv6Address")];
  const mac = textAt(endpoint, "MacAddress");
  return [
    ...addresses.filter((address) => address !== "").map((address) => `address ${address}`),
    ...(mac === "" ? [] : [`MAC address ${mac}`]),
  ];
}

function short(name: string): string {
  return GENERATED_NAME.test(name) ? `${name.slice(0, 12)}…` : name;
}

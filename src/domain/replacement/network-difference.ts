import { endpointSettings, ownAliases } from "./endpoint.ts";
import type { JsonObject } from "./json.ts";
import { containerWide } from "./mac-address.ts";
import type { NetworkPlan } from "./networks.ts";
import { keysOf, objectAt, sameJson, textAt, textsAt } from "./read.ts";

/** Where a container is not in the networks of the old one, or not with the settings that were asked for. */
export function networkDifferences(
  plan: NetworkPlan,
  old: JsonObject,
  replacement: JsonObject,
): string[] {
  const before = networksOf(old);
  const after = networksOf(replacement);
  const own = plan.macAddress === null || plan.macAddress === containerWide(replacement);
  const differences = keysOf(before, after).flatMap((network) => {
    if (!(network in after)) return [`it is no longer in network ${network}`];
    if (!(network in before)) return [`it was not in network ${network} before`];
    const wished = wishedEndpoint(plan, network);
    return wished === null
      ? []
      : endpointDifferences(wished, objectAt(after, network), replacement).map(
          (what) => `its ${what} in network ${network} is another`,
        );
  });
  return own ? differences : [...differences, "its MAC address is another"];
}

function networksOf(inspect: JsonObject): JsonObject {
  return objectAt(objectAt(inspect, "NetworkSettings"), "Networks");
}

/** Null for host, none and the like, which have nothing to set. */
function wishedEndpoint(plan: NetworkPlan, network: string): JsonObject | null {
  if (network in plan.atCreate) return objectAt(plan.atCreate, network);
  return plan.connect.find((connection) => connection.network === network)?.endpoint ?? null;
}

function endpointDifferences(
  wished: JsonObject,
  endpoint: JsonObject,
  replacement: JsonObject,
): string[] {
  const actual = endpointSettings(endpoint);
  const settings = keysOf(wished, actual).filter(
    (key) => key !== "Aliases" && key !== "MacAddress",
  );
  const aliases = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();
  const mac = textAt(wished, "MacAddress");
  const current = textAt(endpoint, "MacAddress");
  return [
    ...settings.filter((key) => !sameJson(wished[key], actual[key])),
    ...(sameJson(aliases(textsAt(wished, "Aliases")), aliases(ownAliases(endpoint, replacement)))
      ? []
      : ["list of aliases"]),
    ...(mac === "" || current === "" || mac === current ? [] : ["MAC address"]),
  ];
}

import type { JsonObject } from "./json.ts";
import { defined, objectAt, textAt } from "./read.ts";

/** The first digits of a container's ID, which the engine makes its host name and, on a user-defined network, its
 *  alias where the user gives none. */
export function autoName(inspect: JsonObject): string {
  return textAt(inspect, "Id").slice(0, 12);
}

/** Host and domain name that the user gave. In another container's network they are that one's, and with the host's
 *  UTS namespace the host's: a request that names any is then refused. */
export function ownHostname(inspect: JsonObject): JsonObject {
  const config = objectAt(inspect, "Config");
  const host = objectAt(inspect, "HostConfig");
  if (textAt(host, "NetworkMode").startsWith("container:")) return {};
  const named = textAt(config, "Hostname") !== autoName(inspect);
  return defined({
    Hostname: named && textAt(host, "UTSMode") !== "host" ? config["Hostname"] : undefined,
    Domainname: config["Domainname"],
  });
}

import { isAtLeast } from "./api-version.ts";
import type { JsonObject } from "./json.ts";
import { objectAt, textAt } from "./read.ts";

/** From here on a request sets the address at the endpoint, before it at the container: for its main network. */
export const PER_ENDPOINT_SINCE = "1.44";
/** From here on engines make up addresses at random; before, they derive them from the IPv4 address. */
const RANDOM_SINCE = "1.48";
/** From here on inspects do not tell the wished address of the main network. */
const UNTOLD_SINCE = "1.52";

export interface MacQuestion {
  readonly inspect: JsonObject;
  readonly endpoint: JsonObject;
  /** Whether it is the network that the container was created on. */
  readonly isMain: boolean;
  readonly apiVersion: string;
}

/** The MAC address that the user gave an endpoint, or null. Where nothing tells it from one that the engine made up it
 *  is kept: a random address that becomes a fixed one harms nobody, a wished one that is lost does. */
export function ownMacAddress({
  inspect,
  endpoint,
  isMain,
  apiVersion,
}: MacQuestion): string | null {
  const wished = textAt(endpoint, "DesiredMacAddress") || (isMain ? containerWide(inspect) : "");
  if (wished !== "") return wished;
  const toldIfWished = isMain
    ? !isAtLeast(apiVersion, UNTOLD_SINCE)
    : !isAtLeast(apiVersion, PER_ENDPOINT_SINCE);
  const current = textAt(endpoint, "MacAddress").toLowerCase();
  return toldIfWished || isMadeUp(current, textAt(endpoint, "IPAddress"), apiVersion)
    ? null
    : current;
}

/** `02:42:` and the four bytes of the IPv4 address, or where there is none anything: as engines before 28 do it. */
function isMadeUp(mac: string, ip: string, apiVersion: string): boolean {
  const bytes = ip.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  if (mac === "" || mac === ["02", "42", ...bytes].join(":")) return true;
  return ip === "" && mac.startsWith("02:42:") && !isAtLeast(apiVersion, RANDOM_SINCE);
}

/** `Config.MacAddress`: only ever what the user gave. */
export function containerWide(inspect: JsonObject): string {
  return textAt(objectAt(inspect, "Config"), "MacAddress");
}

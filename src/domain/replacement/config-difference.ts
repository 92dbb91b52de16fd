import { variableOf } from "./environment.ts";
import { autoName } from "./host-name.ts";
import type { JsonObject } from "./json.ts";
import { keysOf, objectAt, sameJson, textAt, textsAt } from "./read.ts";
import { networkOwner } from "./repoint.ts";

/** Told by rules of their own, or by the image's ID. Engines show a MAC address here that was given to an endpoint. */
const APART: ReadonlySet<string> = new Set(["Image", "Hostname", "Env", "MacAddress"]);
const BY_KEY: ReadonlyMap<string, string> = new Map([
  ["Labels", "label"],
  ["ExposedPorts", "exposed port"],
  ["Volumes", "declared volume"],
  ["Healthcheck", "healthcheck setting"],
]);

/** Where a container's `Config` is not the expected one. Names only, never values: they may be secrets. */
export function configDifferences(expected: JsonObject, replacement: JsonObject): string[] {
  const actual = objectAt(replacement, "Config");
  const fields = keysOf(expected, actual).filter((key) => !APART.has(key));
  return [
    ...keyDifferences("environment variable", variablesOf(expected), variablesOf(actual)),
    ...fields.flatMap((field) => fieldDifferences(field, expected, actual)),
    ...hostnameDifferences(textAt(expected, "Hostname"), replacement),
  ];
}

function fieldDifferences(field: string, expected: JsonObject, actual: JsonObject): string[] {
  const what = BY_KEY.get(field);
  if (what !== undefined)
    return keyDifferences(what, objectAt(expected, field), objectAt(actual, field));
  return sameJson(expected[field], actual[field]) ? [] : [`Config.${field} is another`];
}

/** One sentence for each key that is missing, new, or there with another value. */
export function keyDifferences(what: string, expected: JsonObject, actual: JsonObject): string[] {
  return keysOf(expected, actual).flatMap((key) => {
    if (!(key in actual)) return [`${what} ${key} is missing`];
    if (!(key in expected)) return [`${what} ${key} is new`];
    return sameJson(expected[key], actual[key]) ? [] : [`${what} ${key} is another`];
  });
}

function variablesOf(config: JsonObject): JsonObject {
  return Object.fromEntries(
    textsAt(config, "Env").map((entry) => [variableOf(entry), entry] as const),
  );
}

/** In another container's network, and with the host's UTS namespace, the name is not the container's own. */
function hostnameDifferences(expected: string, replacement: JsonObject): string[] {
  const host = objectAt(replacement, "HostConfig");
  if (networkOwner(host) !== "" || textAt(host, "UTSMode") === "host") return [];
  const wanted = expected === "" ? autoName(replacement) : expected;
  const actual = textAt(objectAt(replacement, "Config"), "Hostname");
  return actual === wanted ? [] : ["the host name is another"];
}

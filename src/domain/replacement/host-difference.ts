import type { JsonObject } from "./json.ts";
import { keysOf, objectAt, sameJson, textsAt } from "./read.ts";

/** Where a container's HostConfig is not the one that it was asked for with. Links are told by their aliases: the
 *  names of both ends change in the course of a heal. */
export function hostDifferences(expected: JsonObject, replacement: JsonObject): string[] {
  const actual = objectAt(replacement, "HostConfig");
  const fields = keysOf(expected, actual).filter(
    (key) => key !== "Links" && !sameJson(expected[key], actual[key]),
  );
  return [
    ...fields.map((key) => `HostConfig.${key} is another`),
    ...(sameJson(linkAliases(expected), linkAliases(actual)) ? [] : ["the links are others"]),
  ];
}

function linkAliases(host: JsonObject): readonly string[] {
  return textsAt(host, "Links")
    .map((link) => link.slice(Math.max(link.lastIndexOf(":"), link.lastIndexOf("/")) + 1))
    .sort();
}

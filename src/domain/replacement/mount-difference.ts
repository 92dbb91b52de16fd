import { cleaned } from "./container-path.ts";
import type { JsonObject } from "./json.ts";
import { keysOf, objectAt, objectsAt, sameJson, textAt } from "./read.ts";
import { volumeName } from "./volumes.ts";

/** What makes two mounts one and the same. `Mode` is left out: the engine writes `z` into it for a volume that is bound
 *  by name, whoever named it. */
const SAME = ["Type", "Source", "Driver", "RW", "Propagation"] as const;

/** Where other data lies in the container than before. New volumes are right where only the new image declares them, or
 *  where they came with those of a container that was replaced as well: `sources`, its inspects. */
export function mountDifferences(
  old: JsonObject,
  replacement: JsonObject,
  newImage: JsonObject,
  sources: readonly JsonObject[] = [],
): string[] {
  const before = byDestination(old);
  const after = byDestination(replacement);
  const declared = new Set(Object.keys(objectAt(newImage, "Volumes")).map(cleaned));
  const isInherited = (destination: string): boolean =>
    sources.some((source) => isSameData(byDestination(source), after, destination));
  return keysOf(before, after).flatMap((destination) => {
    if (!(destination in after)) return [`nothing is mounted at ${destination} any more`];
    if (!(destination in before))
      return declared.has(destination) || isInherited(destination)
        ? []
        : [`something new is mounted at ${destination}`];
    return isSameMount(objectAt(before, destination), objectAt(after, destination))
      ? []
      : [`something else is mounted at ${destination}`];
  });
}

function byDestination(inspect: JsonObject): JsonObject {
  const mounts = objectsAt(inspect, "Mounts");
  return Object.fromEntries(mounts.map((mount) => [textAt(mount, "Destination"), mount] as const));
}

/** Whatever the rights to it. */
function isSameData(source: JsonObject, after: JsonObject, destination: string): boolean {
  if (!(destination in source)) return false;
  const [one, other] = [objectAt(source, destination), objectAt(after, destination)];
  return volumeName(one) === volumeName(other) && sameJson(one["Source"], other["Source"]);
}

function isSameMount(before: JsonObject, after: JsonObject): boolean {
  if (volumeName(before) !== volumeName(after)) return false;
  return SAME.every((key) => sameJson(before[key], after[key]));
}

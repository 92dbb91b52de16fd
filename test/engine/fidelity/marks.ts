import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import type { EngineConnection } from "../../harness/engine.ts";
import { execIn } from "../../harness/exec-in.ts";
import type { Sample } from "./sample.ts";

const FILE = ".mark-of-fidelity";

/** Leaves a file in every volume that the container may write to; returns the places. */
export async function markVolumes(
  engine: EngineConnection,
  container: JsonObject,
  sample: Sample,
): Promise<readonly string[]> {
  const places = writablePlaces(container, sample);
  for (const place of places) await shell(engine, container, `echo ${place} > ${place}/${FILE}`);
  return places;
}

/** What those files say now. */
export async function readMarks(
  engine: EngineConnection,
  container: JsonObject,
  places: readonly string[],
): Promise<readonly string[]> {
  const reading = places.map((place) => shell(engine, container, `cat ${place}/${FILE}`));
  return (await Promise.all(reading)).map((text) => text.trim());
}

function shell(engine: EngineConnection, container: JsonObject, command: string): Promise<string> {
  return execIn(engine, String(container["Id"]), ["sh", "-c", command]);
}

function writablePlaces(container: JsonObject, { volatile = [] }: Sample): string[] {
  // As another user than the images' it could not write into volumes that belong to root.
  if ((container["Config"] as JsonObject)["User"] !== "0") return [];
  return (container["Mounts"] as readonly JsonObject[])
    .filter(({ Type, RW }) => Type === "volume" && RW === true)
    .map(({ Destination }) => String(Destination))
    .filter((place) => !volatile.includes(place));
}

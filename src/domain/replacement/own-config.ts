import { ownCommand } from "./command.ts";
import { ownEnvironment } from "./environment.ts";
import type { Json, JsonObject } from "./json.ts";
import { isObject, pick, sameJson, textsIn } from "./read.ts";

type Own = (value: Json, fromImage: Json | undefined) => Json | undefined;

const wholly: Own = (value, fromImage) => (sameJson(value, fromImage) ? undefined : value);

/** Field by field or key by key: of a healthcheck the user may have given the interval alone. */
const byKey: Own = (value, fromImage) => {
  if (!isObject(value)) return undefined;
  const image = isObject(fromImage) ? fromImage : {};
  const own = pick(value, (key, inner) => !(key in image && sameJson(inner, image[key])));
  return Object.keys(own).length === 0 ? undefined : own;
};

const byVariable: Own = (value, fromImage) => ownEnvironment(textsIn(value), textsIn(fromImage));

/** What the image has a say in. Of all other fields an image may hold values too (`docker commit` leaves a whole
 *  container's there, its terminal included), but the engine never uses them: there an equal value is no inheritance. */
const FROM_IMAGE: ReadonlyMap<string, Own> = new Map([
  ["Env", byVariable],
  ["Labels", byKey],
  ["ExposedPorts", byKey],
  ["Volumes", byKey],
  ["Healthcheck", byKey],
  ["User", wholly],
  ["WorkingDir", wholly],
  ["StopSignal", wholly],
  ["Shell", wholly],
  ["OnBuild", wholly],
  ["ArgsEscaped", wholly],
]);
const COMMAND: ReadonlySet<string> = new Set(["Entrypoint", "Cmd"]);

/** What the user gave of a container's `Config`: all of it but for what equals the default of the image it runs. */
export function ownConfig(config: JsonObject, image: JsonObject): JsonObject {
  const fields = Object.entries(config).flatMap(([key, value]) => {
    if (COMMAND.has(key)) return [];
    const own = FROM_IMAGE.get(key);
    const kept = own === undefined ? value : own(value, image[key]);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return { ...Object.fromEntries(fields), ...ownCommand(config, image) };
}

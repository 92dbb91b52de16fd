import { filledCommand } from "./command.ts";
import { variableOf } from "./environment.ts";
import type { Json, JsonObject } from "./json.ts";
import { isUnset, objectAt, textsAt } from "./read.ts";

const BY_KEY = ["Labels", "ExposedPorts", "Volumes", "Healthcheck"];
const WHOLLY = ["User", "WorkingDir", "StopSignal"];

/** The `Config` that the engine makes of a request on an image: what the request leaves open comes from the image. */
export function filledConfig(request: JsonObject, image: JsonObject): JsonObject {
  return {
    ...request,
    Env: filledEnvironment(textsAt(request, "Env"), textsAt(image, "Env")),
    ...filled(BY_KEY, (key) => ({ ...objectAt(image, key), ...objectAt(request, key) })),
    ...filled(WHOLLY, (key) => (isUnset(request[key]) ? image : request)[key] ?? null),
    ...filledCommand(request, image),
  };
}

function filled(keys: readonly string[], value: (key: string) => Json): JsonObject {
  return Object.fromEntries(keys.map((key) => [key, value(key)] as const));
}

function filledEnvironment(env: readonly string[], imageEnv: readonly string[]): readonly string[] {
  const given = new Set(env.map(variableOf));
  return [...env, ...imageEnv.filter((entry) => !given.has(variableOf(entry)))];
}

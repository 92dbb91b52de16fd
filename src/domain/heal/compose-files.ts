import type { Json, JsonObject } from "../replacement/json.ts";
import { isList, isObject, objectAt, textAt, textsAt } from "../replacement/read.ts";

// Readers of Compose files as they are written, before any variable is filled in.

/** What Compose copies into a container after it has created it, so that no inspect shows it and a clone would lack it;
 *  null if the files have nothing of the kind. */
export function inlineSecretsIn(files: readonly Json[]): string | null {
  for (const file of files)
    for (const kind of ["configs", "secrets"] as const)
      for (const [name, entry] of Object.entries(isObject(file) ? objectAt(file, kind) : {}))
        if (isObject(entry) && ("content" in entry || "environment" in entry))
          return `its project has ${kind} written inline (${name}), which Compose copies into a container and no engine shows: a clone would lack them`;
  return null;
}

/** Variables that are used and neither known nor given a default: Compose would put blanks there. */
export function blankVariables(
  files: readonly Json[],
  known: ReadonlySet<string>,
): readonly string[] {
  const used = files.flatMap(textsWithin).flatMap(variablesIn);
  return [...new Set(used)].filter((name) => !known.has(name)).sort();
}

/** `$NAME` and `${NAME}`; `${NAME:-default}` and the like bring their own answer, and `$$` is a dollar. */
function variablesIn(text: string): string[] {
  const found = text.matchAll(/\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g);
  return [...found].flatMap(([, bare, braced]) => bare ?? braced ?? []);
}

function textsWithin(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (isList(value)) return value.flatMap(textsWithin);
  return isObject(value) ? Object.values(value).flatMap(textsWithin) : [];
}

/** The names that an environment file sets. */
export function variablesSetIn(envFile: string): readonly string[] {
  return envFile.split("\n").flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    return name === undefined ? [] : [name];
  });
}

/** Files that the services of a file draw in, as they are written there. */
export interface DrawnIn {
  /** Compose files, by `extends`. */
  readonly extended: readonly string[];
  /** By `env_file`. */
  readonly environment: readonly string[];
}

export function drawnInBy(file: Json): DrawnIn {
  const services = isObject(file) ? Object.values(objectAt(file, "services")) : [];
  const own = services.filter(isObject);
  return {
    extended: own.map((service) => textAt(objectAt(service, "extends"), "file")).filter(Boolean),
    environment: own.flatMap((service) => environmentFilesOf(service)),
  };
}

function environmentFilesOf(service: JsonObject): readonly string[] {
  const files = service["env_file"];
  return typeof files === "string" ? [files] : textsAt(service, "env_file");
}

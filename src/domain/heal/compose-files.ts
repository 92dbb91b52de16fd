import type { Json, JsonObject } from "../replacement/json.ts";
import { isList, isObject, objectAt, objectsAt, textAt, textsAt } from "../replacement/read.ts";

// Readers of Compose files as they are written, before any variable is filled in.

const COPIED_IN = ["configs", "secrets"] as const;

/** What Compose copies into a service's container after it has created it, so that no inspect shows it and a clone would
 *  lack it; null if the files have nothing of the kind. */
export function inlineSecretsIn(files: readonly Json[], service: string): string | null {
  for (const kind of COPIED_IN) {
    const used = usedBy(service, kind, files);
    for (const [name, entry] of files.flatMap((file) => Object.entries(topLevel(file, kind))))
      if (isInline(entry) && (used === "all" || used.has(name)))
        return `its Compose project has ${kind} written inline (${name}), which no engine shows: a clone would lack them`;
  }
  return null;
}

function topLevel(file: Json, kind: string): JsonObject {
  return isObject(file) ? objectAt(file, kind) : {};
}

function isInline(entry: Json): boolean {
  return isObject(entry) && ("content" in entry || "environment" in entry);
}

/** What a service extends may use any. */
function usedBy(
  service: string,
  kind: (typeof COPIED_IN)[number],
  files: readonly Json[],
): ReadonlySet<string> | "all" {
  const parts = files.map((file) => objectAt(topLevel(file, "services"), service));
  if (parts.some((part) => "extends" in part)) return "all";
  const named = parts.flatMap((part) => [
    ...textsAt(part, kind),
    ...objectsAt(part, kind).map((one) => textAt(one, "source")),
  ]);
  return new Set(named);
}

/** Variables that are used and neither known nor given a default: Compose would put blanks there. */
export function blankVariables(
  files: readonly Json[],
  known: ReadonlySet<string>,
): readonly string[] {
  const used = [...files.flatMap(textsWithin).flatMap(variablesIn), ...files.flatMap(passedOn)];
  return [...new Set(used)].filter((name) => !known.has(name)).sort();
}

/** `$NAME` and `${NAME}`; `${NAME:-default}` and the like bring their own answer, and `$$` is a dollar. */
function variablesIn(text: string): string[] {
  const found = text.matchAll(/\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g);
  return [...found].flatMap(([, bare, braced]) => bare ?? braced ?? []);
}

/** Variables of a service that are named without a value, and so taken from Compose's own. */
function passedOn(file: Json): string[] {
  return servicesOf(file).flatMap((service) => {
    const { environment = null } = service;
    if (isList(environment))
      return textsAt(service, "environment").filter((one) => !one.includes("="));
    return Object.entries(objectAt(service, "environment")).flatMap(([name, value]) =>
      value === null ? [name] : [],
    );
  });
}

function servicesOf(file: Json): readonly JsonObject[] {
  return isObject(file) ? Object.values(objectAt(file, "services")).filter(isObject) : [];
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
  const own = servicesOf(file);
  return {
    extended: own.map((service) => textAt(objectAt(service, "extends"), "file")).filter(Boolean),
    environment: own.flatMap((service) => environmentFilesOf(service)),
  };
}

function environmentFilesOf(service: JsonObject): readonly string[] {
  const files = service["env_file"];
  return typeof files === "string" ? [files] : textsAt(service, "env_file");
}

import type { Json, JsonObject } from "./json.ts";

// Readers of raw JSON. A missing or null field is as good as an empty one: engines of eight years and Podman differ in
// which they send.

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function objectAt(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  return isObject(value) ? value : {};
}

export function objectsAt(from: JsonObject, key: string): readonly JsonObject[] {
  const value = from[key];
  return isList(value) ? value.filter(isObject) : [];
}

export function textAt(from: JsonObject, key: string): string {
  const value = from[key];
  return typeof value === "string" ? value : "";
}

export function textsIn(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

export function textsAt(from: JsonObject, key: string): readonly string[] {
  return textsIn(from[key]);
}

/** What a field says that nobody has set. Zero is not among them: a swappiness of 0 is a wish. */
export function isUnset(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Deep equality, whatever the order of keys; all ways to leave something unset are one. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b || (isUnset(a) && isUnset(b))) return true;
  if (isList(a) && isList(b))
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  return keysOf(a, b).every((key) => sameJson(a[key], b[key]));
}

/** The keys of all, each once, in an order of their own. */
export function keysOf(...objects: readonly JsonObject[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}

export function pick(
  from: JsonObject,
  isWanted: (key: string, value: Json) => boolean,
): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([key, value]) => isWanted(key, value)));
}

/** The object without the fields that are undefined in it. */
export function defined(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return Object.fromEntries(entries);
}

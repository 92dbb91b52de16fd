import type { EpochMs } from "../domain/ids.ts";

/** What the engine sent. Only fields that are needed are looked at; a missing or null optional one is as good as empty,
 *  because engines of eight years and Podman differ in which they send. */
export type Json = Readonly<Record<string, unknown>>;

export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function texts(value: unknown): string[] {
  return list(value).filter(isText);
}

/** A value that is no text is none: the domain reads labels as texts. */
export function labels(value: unknown): Record<string, string> {
  const read = object(value);
  if (Object.values(read).every(isText)) return read as Record<string, string>;
  const entries = Object.entries(read).filter((entry): entry is [string, string] =>
    isText(entry[1]),
  );
  return Object.fromEntries(entries);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The lists give whole seconds since 1970. */
export function seconds(value: unknown): EpochMs {
  return typeof value === "number" ? value * 1000 : 0;
}

/** null for what is no time and for zero values, which Go writes as the year 1. */
export function instant(value: unknown): EpochMs | null {
  const time = Date.parse(text(value));
  return Number.isNaN(time) || time <= 0 ? null : time;
}

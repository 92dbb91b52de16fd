import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { HarnessError } from "./harness-error.ts";

/**
 * How an unpacked program of another C library than the machine's is started: by the loader that
 * belongs to it. What it starts itself in turn gets the machine's loader again.
 */
export function loadedFrom(folder: string, program: string, ...args: string[]): string[] {
  const places = librariesOf(folder);
  return [loaderIn(places), "--library-path", places.join(delimiter), program, ...args];
}

/** Such as root/usr/lib/x86_64-linux-gnu. */
export function librariesOf(folder: string): string[] {
  return ["root/lib", "root/usr/lib"]
    .map((place) => join(folder, place))
    .filter((place) => existsSync(place))
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .filter((place) => place.endsWith("-linux-gnu"));
}

function loaderIn(places: readonly string[]): string {
  const loader = places
    .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
    .find((path) => /\/ld-linux[^/]*\.so\.\d+$/.test(path));
  if (loader !== undefined) return loader;
  throw new HarnessError(`the packages hold no loader in ${places.join(", ")}`);
}

import { cleaned } from "./container-path.ts";
import type { Json, JsonObject } from "./json.ts";
import { defined, objectAt, objectsAt, textAt, textsAt } from "./read.ts";

/** A volume without a name of the user's, under the name that the engine gave it. */
export interface AnonymousVolume {
  readonly name: string;
  readonly destination: string;
  readonly writable: boolean;
}

/** The anonymous volumes of a container: those that a request naming nothing would replace by empty ones. Mounts
 *  that come from other containers do not count, unless an own volume could lie at the same place. */
export function anonymousVolumes(inspect: JsonObject): readonly AnonymousVolume[] {
  const host = objectAt(inspect, "HostConfig");
  const named = new Set([
    ...textsAt(host, "Binds").filter(hasSource).map(destinationOf),
    ...objectsAt(host, "Mounts").filter(givesSource).map(targetOf),
  ]);
  const declared = declaredPlaces(inspect);
  const inherits = volumeSources(inspect).length > 0;
  return objectsAt(inspect, "Mounts")
    .filter((mount) => volumeName(mount) !== "")
    .map(readVolume)
    .filter(({ destination }) => !named.has(destination))
    .filter(({ destination }) => !inherits || declared.has(destination));
}

/** Engine 28 leaves the name away where `Binds` gives a place alone: its path still tells it. Empty for no volume. */
export function volumeName(mount: JsonObject): string {
  if (textAt(mount, "Type") !== "volume") return "";
  const generated = /\/volumes\/([0-9a-f]{64})\/_data$/.exec(textAt(mount, "Source"))?.[1] ?? "";
  return textAt(mount, "Name") || generated;
}

function readVolume(mount: JsonObject): AnonymousVolume {
  return {
    name: volumeName(mount),
    destination: cleaned(textAt(mount, "Destination")),
    writable: mount["RW"] !== false,
  };
}

/** Where the container itself has volumes: of its image's, its own, and those given by their place alone. */
function declaredPlaces(inspect: JsonObject): ReadonlySet<string> {
  const host = objectAt(inspect, "HostConfig");
  return new Set([
    ...Object.keys(objectAt(objectAt(inspect, "Config"), "Volumes")).map(cleaned),
    ...objectsAt(host, "Mounts").map(targetOf),
    ...textsAt(host, "Binds").map(destinationOf),
  ]);
}

/** `Binds` and `Mounts` of the request, with every anonymous volume bound again at its place by its generated name. */
export function boundAgain(host: JsonObject, volumes: readonly AnonymousVolume[]): JsonObject {
  const at = new Map(volumes.map((volume) => [volume.destination, volume]));
  const mounts = objectsAt(host, "Mounts").map((mount) =>
    withSource(mount, at.get(targetOf(mount))),
  );
  const mounted = new Set(objectsAt(host, "Mounts").map(targetOf));
  const binds = textsAt(host, "Binds").filter((bind) => !at.has(destinationOf(bind)));
  const again = volumes.filter(({ destination }) => !mounted.has(destination)).map(bindOf);
  return defined({
    Binds: again.length === 0 ? host["Binds"] : [...binds, ...again],
    Mounts: mounts.length === 0 ? host["Mounts"] : mounts,
  });
}

function withSource(mount: JsonObject, volume: AnonymousVolume | undefined): JsonObject {
  return volume === undefined ? mount : { ...mount, Source: volume.name };
}

function bindOf({ name, destination, writable }: AnonymousVolume): Json {
  return writable ? `${name}:${destination}` : `${name}:${destination}:ro`;
}

/** `/place` alone asks for an anonymous volume there; `source:/place[:mode]` names one or a path of the host. */
function hasSource(bind: string): boolean {
  return bind.includes(":");
}

function destinationOf(bind: string): string {
  const [source = "", destination = source] = bind.split(":");
  return cleaned(destination);
}

function givesSource(mount: JsonObject): boolean {
  return textAt(mount, "Type") !== "volume" || textAt(mount, "Source") !== "";
}

function targetOf(mount: JsonObject): string {
  return cleaned(textAt(mount, "Target"));
}

/** Whose volumes it has as well, by `--volumes-from`: IDs or names, without what may be done with them. Of an inspect or a
 *  create request. */
export function volumeSources(container: JsonObject): readonly string[] {
  const sources = textsAt(objectAt(container, "HostConfig"), "VolumesFrom");
  return sources.map((source) => source.split(":")[0] ?? "");
}

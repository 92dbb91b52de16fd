import { createHash } from "node:crypto";
import { StalewatchError } from "../domain/error.ts";
import { containerId, engineId, imageId, type EpochMs, type Milliseconds } from "../domain/ids.ts";
import type {
  ContainerFact,
  ContainerState,
  EngineIdentity,
  ImageFact,
  ImageStore,
  LocalImage,
  ObservedContainer,
  ObservedMount,
} from "../domain/observation.ts";
import { instant, labels, list, object, seconds, text, texts, type Json } from "./json.ts";

export function badAnswer(what: string, found: unknown): StalewatchError {
  const text = Buffer.isBuffer(found) ? found.toString("utf8") : JSON.stringify(found);
  return new StalewatchError(
    "ENGINE_BAD_ANSWER",
    `the engine's answer to ${what} makes no sense: ${text.slice(0, 120)}`,
    {
      hint: "is it a Docker engine that listens there, or a proxy or another program?",
    },
  );
}

/** Rows of a list; anything but a list, or a row without an ID, is nonsense. */
export function rows(what: string, value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw badAnswer(what, value);
  return value.map((row) => {
    const read = object(row);
    if (text(read["Id"]) === "") throw badAnswer(what, row);
    return read;
  });
}

/** One object with the given text in it. */
export function record(what: string, key: string, value: unknown): Json {
  const read = object(value);
  if (text(read[key]) === "") throw badAnswer(what, value);
  return read;
}

const STATES: readonly ContainerState[] = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
];

function stateOf(text: string): ContainerState {
  const state = text.toLowerCase();
  return STATES.find((known) => known === state) ?? "unknown";
}

export function readContainer(row: Json): ObservedContainer {
  const id = text(row["Id"]);
  const descriptor = text(object(row["ImageManifestDescriptor"])["digest"]);
  return {
    id: containerId(id),
    name: ownName(texts(row["Names"])) || id.slice(0, 12),
    image: text(row["Image"]),
    imageId: imageId(text(row["ImageID"])),
    manifestDigest: descriptor === "" ? null : descriptor,
    createdAt: seconds(row["Created"]),
    state: stateOf(text(row["State"])),
    labels: labels(row["Labels"]),
    mounts: list(row["Mounts"]).map(readMount),
  };
}

/** The list mixes in names under which other containers link to it, `/other/alias`, in any place. */
function ownName(names: readonly string[]): string {
  const bare = names.map((name) => name.replace(/^\//, ""));
  return bare.find((name) => !name.includes("/")) ?? bare[0] ?? "";
}

function readMount(value: unknown): ObservedMount {
  const mount = object(value);
  return {
    type: text(mount["Type"]),
    name: text(mount["Name"]),
    destination: text(mount["Destination"]),
    writable: mount["RW"] !== false,
  };
}

const NONE = "<none>:<none>";

export function readImage(row: Json): LocalImage {
  return {
    id: imageId(text(row["Id"])),
    tags: texts(row["RepoTags"]).filter((tag) => tag !== NONE),
    repoDigests: texts(row["RepoDigests"]).filter((digest) => !digest.startsWith("<none>")),
    createdAt: seconds(row["Created"]),
    labels: labels(row["Labels"]),
  };
}

export function readImageFact(image: Json, now: EpochMs): ImageFact {
  const builtAt = instant(image["Created"]);
  return {
    id: imageId(text(image["Id"])),
    known: true,
    createdAt: builtAt === null ? null : Math.floor(builtAt / 1000) * 1000,
    lastTaggedAt: instant(object(image["Metadata"])["LastTagTime"]),
    labels: labels(object(image["Config"])["Labels"]),
    contentKey: contentKey(image),
    manifests: platformManifests(image["Manifests"]),
    repoDigests: texts(image["RepoDigests"]),
    config: image["Config"] === undefined ? null : JSON.stringify(image["Config"]),
    firstSeenAt: now,
  };
}

/** Digest over what makes an image: its layers and all that its config says. Two images with different IDs but an
 *  equal key differ in attestations only. */
function contentKey(image: Json): string | null {
  const layers = texts(object(image["RootFS"])["Layers"]);
  if (layers.length === 0 && image["Config"] === undefined) return null;
  const content = [
    image["Created"],
    image["Os"],
    image["Architecture"],
    image["Variant"],
    image["Config"],
    layers,
  ];
  return createHash("sha256")
    .update(JSON.stringify(sorted(content)))
    .digest("hex");
}

/** The engine is written in Go, which does not keep the order of a map's keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value ?? null;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Those of kind `image`; the others are attestations. */
function platformManifests(value: unknown): string[] {
  return list(value)
    .map(object)
    .filter((manifest) => manifest["Kind"] === "image")
    .map((manifest) => text(manifest["ID"]));
}

export function readContainerFact(container: Json): ContainerFact {
  return {
    id: containerId(text(container["Id"])),
    configImage: text(object(container["Config"])["Image"]),
    autoRemove: object(container["HostConfig"])["AutoRemove"] === true,
    notClonable: null,
  };
}

export function readIdentity(
  info: Json,
  version: Json,
  apiVersion: string,
  name: string | null,
): EngineIdentity {
  return {
    id: engineId(lastingId(info, version)),
    name: name ?? (text(info["Name"]) || "docker"),
    apiVersion,
    version: text(version["Version"]),
    store: storeOf(info),
  };
}

/** Podman makes up another ID for every answer: what lasts is the host's name and where it keeps its containers. */
function lastingId(info: Json, version: Json): string {
  const parts = list(version["Components"]).map((part) => text(object(part)["Name"]));
  if (!parts.includes("Podman Engine")) return text(info["ID"]);
  return `podman:${text(info["Name"])}:${text(info["DockerRootDir"])}`;
}

/** The containerd store names its driver type among the driver's status lines; classic graph drivers do not. */
function storeOf(info: Json): ImageStore {
  const status = list(info["DriverStatus"]).map(texts);
  const containerd = status.some(
    ([key, value]) =>
      key === "driver-type" && value?.startsWith("io.containerd.snapshotter") === true,
  );
  return containerd ? "containerd" : "classic";
}

export function readCreated(value: unknown): EpochMs | null {
  return instant(object(value)["Created"]);
}

/** By how much the engine's clock is ahead of ours; null where it does not say. */
export function clockSkewOf(info: Json, now: EpochMs): Milliseconds | null {
  const time = instant(info["SystemTime"]);
  return time === null ? null : time - now;
}

import { createHash } from "node:crypto";
import { containerId, engineId, imageId, subjectKey } from "../../../src/domain/ids.ts";
import type { ContainerId, EpochMs, ImageId, SubjectKey } from "../../../src/domain/ids.ts";
import { COMPOSE } from "../../../src/domain/labels.ts";
import { quarantineKey, type Divergence, type Memory } from "../../../src/domain/memory.ts";
import type {
  ContainerFact,
  ContainerState,
  EngineIdentity,
  ImageFact,
  ImageStore,
  LocalImage,
  ObservedContainer,
  ObservedMount,
  Snapshot,
} from "../../../src/domain/observation.ts";
import { DEFAULT_POLICY, type PolicyConfig } from "../../../src/domain/policy.ts";
import type { Hold } from "../../../src/domain/verdict.ts";

type Labels = Readonly<Record<string, string>>;

// Times. Every test plays around Wednesday, 6 May 2026, in UTC.

const MIDNIGHT = Date.UTC(2026, 4, 6);
const DAY = 86_400_000;

/** `at("12:05")`, `at("12:05:30")`; `at("01:00", 1)` is on the next day. */
export function at(clock: string, day = 0): EpochMs {
  const [hours = 0, mins = 0, seconds = 0] = clock.split(":").map(Number);
  return MIDNIGHT + day * DAY + minutes(60 * hours + mins) + seconds * 1000;
}

/** The way back, for what a test expects: `12:05`, `12:05:30`, `+1d 01:00`. */
export function clockOf(time: EpochMs): string {
  const day = Math.floor((time - MIDNIGHT) / DAY);
  const clock = new Date(time).toISOString().slice(11, 19).replace(/:00$/, "");
  return day === 0 ? clock : `${day > 0 ? "+" : ""}${day}d ${clock}`;
}

export function minutes(count: number): number {
  return count * 60_000;
}

// Names. Each nickname stands for one ID, the same everywhere.

function hexOf(nickname: string): string {
  return createHash("sha256").update(nickname).digest("hex");
}

export function imageNamed(nickname: string): ImageId {
  return imageId(`sha256:${hexOf(nickname)}`);
}

export function containerNamed(nickname: string): ContainerId {
  return containerId(hexOf(nickname));
}

export const WEB: SubjectKey = subjectKey("compose:shop/web/1");

// Images.

export interface ImageSketch {
  readonly tags?: readonly string[];
  readonly built?: string | EpochMs;
  /** `Metadata.LastTagTime`; when it was built, if not said. */
  readonly tagged?: string | EpochMs | null;
  readonly labels?: Labels;
  readonly repoDigests?: readonly string[];
  readonly contentKey?: string | null;
  readonly manifests?: readonly string[];
}

/** An image with what the list says of it and what an inspect would add. */
export interface SketchedImage {
  readonly row: LocalImage;
  readonly fact: Omit<ImageFact, "firstSeenAt">;
}

export function image(nickname: string, sketch: ImageSketch = {}): SketchedImage {
  const createdAt = timeOf(sketch.built ?? "10:00");
  const tagged = sketch.tagged === undefined ? createdAt : sketch.tagged;
  const row: LocalImage = {
    id: imageNamed(nickname),
    tags: sketch.tags ?? [],
    repoDigests: sketch.repoDigests ?? [],
    createdAt,
    labels: sketch.labels ?? {},
  };
  return {
    row,
    fact: {
      id: row.id,
      known: true,
      createdAt,
      lastTaggedAt: tagged === null ? null : timeOf(tagged),
      labels: row.labels,
      contentKey: sketch.contentKey === undefined ? `content of ${nickname}` : sketch.contentKey,
      manifests: sketch.manifests ?? [],
      repoDigests: row.repoDigests,
      config: null,
    },
  };
}

function timeOf(time: string | EpochMs): EpochMs {
  return typeof time === "number" ? time : at(time);
}

/** What is remembered of an image since `seen`. */
export function remembered(one: SketchedImage, seen: string): ImageFact {
  return { ...one.fact, firstSeenAt: at(seen) };
}

/** What is remembered of an image that was gone already when it was asked about. */
export function neverKnown(id: ImageId, seenAt: EpochMs): ImageFact {
  const nothing = { createdAt: null, lastTaggedAt: null, contentKey: null, config: null };
  return {
    id,
    known: false,
    ...nothing,
    labels: {},
    manifests: [],
    repoDigests: [],
    firstSeenAt: seenAt,
  };
}

// Containers.

export interface ContainerSketch {
  /** A nickname for its ID, where the name does not tell it apart. */
  readonly id?: string;
  readonly name?: string;
  /** `project/service/number`; null for a container that Compose did not create. */
  readonly compose?: string | null;
  /** The nickname of the image it runs. */
  readonly runs?: string;
  /** The name it was created by: `Config.Image`. */
  readonly follows?: string;
  /** What the list calls its image, where that is not what the engine would make of `follows`. */
  readonly listed?: string;
  readonly created?: string | EpochMs;
  readonly state?: ContainerState;
  readonly labels?: Labels;
  readonly mounts?: readonly ObservedMount[];
  readonly manifest?: string;
  readonly autoRemove?: boolean;
  readonly notClonable?: string;
}

export interface SketchedContainer {
  readonly row: ObservedContainer;
  readonly fact: ContainerFact;
  readonly listed: string | null;
}

/** The web service of the shop, unless told otherwise: it was created at 10:01 and runs v1. */
export function container(sketch: ContainerSketch = {}): SketchedContainer {
  const name = sketch.name ?? "shop-web-1";
  const id = containerNamed(sketch.id ?? name);
  const compose = sketch.compose === undefined ? "shop/web/1" : sketch.compose;
  const follows = sketch.follows ?? "shop-web";
  return {
    row: {
      id,
      name,
      image: follows,
      imageId: imageNamed(sketch.runs ?? "v1"),
      manifestDigest: sketch.manifest ?? null,
      createdAt: timeOf(sketch.created ?? "10:01"),
      state: sketch.state ?? "running",
      labels: { ...(compose === null ? {} : composeLabels(compose)), ...sketch.labels },
      mounts: sketch.mounts ?? [],
    },
    fact: {
      id,
      configImage: follows,
      autoRemove: sketch.autoRemove ?? false,
      notClonable: sketch.notClonable ?? null,
    },
    listed: sketch.listed ?? null,
  };
}

/** What Compose writes on every container it creates. */
export function composeLabels(place: string): Labels {
  const [project = "", service = "", number = "1"] = place.split("/");
  return {
    [COMPOSE.project]: project,
    [COMPOSE.service]: service,
    [COMPOSE.number]: number,
    [COMPOSE.oneoff]: "False",
  };
}

/** What Compose 2.x writes on the images that it builds. */
export function builtFor(project: string, service: string): Labels {
  return { [COMPOSE.project]: project, [COMPOSE.service]: service };
}

export function volume(destination: string, sketch: Partial<ObservedMount> = {}): ObservedMount {
  return { type: "volume", name: "shop_data", destination, writable: true, ...sketch };
}

export const ANONYMOUS_VOLUME = hexOf("a volume that nobody named");

// Hosts.

export interface HostSketch {
  readonly containers: readonly SketchedContainer[];
  readonly images: readonly SketchedImage[];
  readonly store?: ImageStore;
  /** Podman's list goes on showing the name after it has moved on to another image. */
  readonly podman?: boolean;
}

/** A host as its engine shows it, with what it would answer to an inspect. */
export interface Host {
  readonly snapshot: Snapshot;
  readonly images: ReadonlyMap<ImageId, SketchedImage["fact"]>;
  readonly containers: ReadonlyMap<ContainerId, ContainerFact>;
}

export function host(sketch: HostSketch): Host {
  const { containers, images } = sketch;
  return {
    snapshot: {
      engine: { ...ENGINE, store: sketch.store ?? "classic" },
      containers: containers.map((one) => listedBy(sketch, one)),
      images: images.map(({ row }) => row),
    },
    images: new Map(images.map(({ fact }) => [fact.id, fact])),
    containers: new Map(containers.map(({ fact }) => [fact.id, fact])),
  };
}

const ENGINE: EngineIdentity = {
  id: engineId("ENGINE:ONE"),
  name: "host-1",
  apiVersion: "1.51",
  version: "28.5.2",
  store: "classic",
};

/** As Docker does it: the name as long as it means the running image, else the bare ID. */
function listedBy({ images, podman }: HostSketch, one: SketchedContainer): ObservedContainer {
  const { row, fact, listed } = one;
  if (listed !== null) return { ...row, image: listed };
  if (podman === true) return row;
  const name = /:[^/]*$/.test(fact.configImage) ? fact.configImage : `${fact.configImage}:latest`;
  const meant = images.find((candidate) => candidate.row.tags.includes(name));
  return meant?.row.id === row.imageId ? row : { ...row, image: row.imageId };
}

export const V1 = image("v1", { built: "10:00" });
export const V2 = image("v2", { tags: ["shop-web:latest"], built: "12:00" });

/** The plain case: shop-web was built as v1 at 10:00 and again as v2 at 12:00; the container still runs v1. */
export function rebuilt(
  sketch: ContainerSketch = {},
  others: Partial<HostSketch> & { readonly v2?: SketchedImage } = {},
): Host {
  const { containers = [], images = [], v2 = V2, ...rest } = others;
  return host({
    containers: [container(sketch), ...containers],
    images: [V1, v2, ...images],
    ...rest,
  });
}

// Memory and policy.

export interface MemorySketch {
  readonly images?: readonly ImageFact[];
  readonly containers?: readonly ContainerFact[];
  readonly divergences?: readonly Divergence[];
  readonly holds?: readonly Hold[];
  readonly acks?: Readonly<Record<string, string>>;
  /** Subject and the nickname of the image that failed there. */
  readonly quarantine?: readonly (readonly [SubjectKey, string])[];
}

export function memory(sketch: MemorySketch = {}): Memory {
  const acks = Object.entries(sketch.acks ?? {});
  return {
    images: new Map((sketch.images ?? []).map((fact) => [fact.id, fact])),
    containers: new Map((sketch.containers ?? []).map((fact) => [fact.id, fact])),
    divergences: new Map((sketch.divergences ?? []).map((one) => [one.subject, one])),
    holds: sketch.holds ?? [],
    acks: new Map(acks.map(([subject, until]) => [subjectKey(subject), { until: at(until) }])),
    healing: new Set(),
    quarantine: new Set(
      (sketch.quarantine ?? []).map(([subject, nick]) => quarantineKey(subject, imageNamed(nick))),
    ),
  };
}

/** The web service's divergence from v2, first seen at 12:05. */
export function divergence(sketch: Partial<Divergence> = {}): Divergence {
  return {
    subject: WEB,
    containerId: containerNamed("shop-web-1"),
    runningImageId: imageNamed("v1"),
    newestImageId: imageNamed("v2"),
    since: at("12:00"),
    firstSeenAt: at("12:05"),
    newestSeenAt: at("12:05"),
    ...sketch,
  };
}

export function hold(
  on: { readonly project?: string; readonly container?: string },
  until: string,
): Hold {
  const { project = null, container: name = null } = on;
  return { id: "hold-1", project, container: name, until: at(until), reason: "a deploy" };
}

export function policy(sketch: Partial<PolicyConfig> = {}): PolicyConfig {
  return { ...DEFAULT_POLICY, ...sketch };
}

import type { ContainerId, EngineId, EpochMs, ImageId } from "./ids.ts";

/** `containerd`: the containerd image store, where an image's ID is the digest of its index or manifest and the old
 *  image is gone once its tag moves. `classic`: the ID is the digest of the image's config. */
export type ImageStore = "classic" | "containerd";

export interface EngineIdentity {
  readonly id: EngineId;
  /** The host's name as the engine gives it, or what `engine.name` says. */
  readonly name: string;
  /** The negotiated version that requests are sent with: `1.41`. */
  readonly apiVersion: string;
  /** The engine's own version: `20.10.24`. */
  readonly version: string;
  readonly store: ImageStore;
}

export type ContainerState =
  "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead" | "unknown";

export interface ObservedMount {
  readonly type: string;
  /** A volume's name; empty for a bind. */
  readonly name: string;
  readonly destination: string;
  readonly writable: boolean;
}

/** The engine names a volume that nobody named by 64 random hex digits. */
export function isAnonymousVolume({ type, name }: ObservedMount): boolean {
  return type === "volume" && /^[0-9a-f]{64}$/.test(name);
}

/** A container as one row of `GET /containers/json?all=1` shows it. */
export interface ObservedContainer {
  readonly id: ContainerId;
  /** Without the leading slash. */
  readonly name: string;
  /** What the list calls its image: the name it was created by, or a bare ID once that name means another image. */
  readonly image: string;
  /** The image it runs. */
  readonly imageId: ImageId;
  /** Digest of the platform manifest it runs: containerd store from API 1.48 on, else null. */
  readonly manifestDigest: string | null;
  readonly createdAt: EpochMs;
  readonly state: ContainerState;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly ObservedMount[];
}

/** An image as one row of `GET /images/json` shows it. */
export interface LocalImage {
  readonly id: ImageId;
  /** Without `<none>:<none>`. */
  readonly tags: readonly string[];
  /** `repository@sha256:…`: on the classic store a sign that it was pulled or pushed. */
  readonly repoDigests: readonly string[];
  /** Build time in whole seconds as the engine says; 0 or 1970 when it was built reproducibly. */
  readonly createdAt: EpochMs;
  readonly labels: Readonly<Record<string, string>>;
}

/** One look at one engine. */
export interface Snapshot {
  readonly engine: EngineIdentity;
  /** In any state. */
  readonly containers: readonly ObservedContainer[];
  readonly images: readonly LocalImage[];
}

/** What `GET /images/{id}/json` said of an image once, remembered because the containerd store forgets an image the
 *  moment its tag moves. */
export interface ImageFact {
  readonly id: ImageId;
  /** False: the engine did not know the image any more when asked; all else is then empty. */
  readonly known: boolean;
  readonly createdAt: EpochMs | null;
  /** `Metadata.LastTagTime`; a hint only: absent after a load, always zero on Podman. */
  readonly lastTaggedAt: EpochMs | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Digest over everything that makes the image's content, equal after a fully cached rebuild; null if unknown. */
  readonly contentKey: string | null;
  /** Digests of its platform manifests: containerd store from API 1.48 on, else empty. */
  readonly manifests: readonly string[];
  readonly repoDigests: readonly string[];
  /** Its `Config` as JSON text: what a replacement must not carry over from this image. null if unknown. */
  readonly config: string | null;
  /** When this state first saw the image. */
  readonly firstSeenAt: EpochMs;
}

/** What `GET /containers/{id}/json` said of a container once: none of it changes during its life. */
export interface ContainerFact {
  readonly id: ContainerId;
  /** `Config.Image`: the name it was created by, which the list hides once the tag has moved. */
  readonly configImage: string;
  readonly autoRemove: boolean;
  /** Why a clone would lose something of it, or null. */
  readonly notClonable: string | null;
}

const LIVE: ReadonlySet<ContainerState> = new Set(["running", "paused", "restarting"]);

/** Running in the sense of the product: a paused or crash-looping container still stands for its service. */
export function isLive(container: ObservedContainer): boolean {
  return LIVE.has(container.state);
}

/** 1980: anything before it was set by a reproducible build or is a zero value, not a clock. */
const FIRST_SANE: EpochMs = Date.UTC(1980, 0, 1);

/** Whether a time that the engine gave can be believed: not zero, not 1970, not in the future. */
export function isSane(time: EpochMs | null, now: EpochMs): time is EpochMs {
  return time !== null && time >= FIRST_SANE && time <= now;
}

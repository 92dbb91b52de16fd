import type { ContainerId, EpochMs, ImageId, SubjectKey } from "./ids.ts";
import type { ContainerFact, ImageFact } from "./observation.ts";
import { healSubjectOf } from "./subject.ts";
import type { Ack, Hold } from "./verdict.ts";

/** What is remembered of a divergence that is going on. */
export interface Divergence {
  readonly subject: SubjectKey;
  readonly containerId: ContainerId;
  /** The subject's further containers that took part when it was last seen, in order; absent: none. */
  readonly others?: readonly ContainerId[];
  readonly runningImageId: ImageId;
  readonly newestImageId: ImageId;
  /** The alert clock's start. Never moved later while the divergence lasts. */
  readonly since: EpochMs;
  readonly firstSeenAt: EpochMs;
  /** The heal clock's start: when the reference was first seen on `newestImageId`. */
  readonly newestSeenAt: EpochMs;
}

/** Everything that outlives a scan. */
export interface Memory {
  readonly images: ReadonlyMap<ImageId, ImageFact>;
  readonly containers: ReadonlyMap<ContainerId, ContainerFact>;
  readonly divergences: ReadonlyMap<SubjectKey, Divergence>;
  readonly holds: readonly Hold[];
  readonly acks: ReadonlyMap<SubjectKey, Ack>;
  /** `quarantineKey`s of images that failed the gate for a subject. */
  readonly quarantine: ReadonlySet<string>;
  /** Subjects whose heal is under way or was cut off: what is seen of them in between is neither an end nor news. */
  readonly healing: ReadonlySet<SubjectKey>;
}

export const EMPTY_MEMORY: Memory = {
  images: new Map(),
  containers: new Map(),
  divergences: new Map(),
  holds: [],
  acks: new Map(),
  quarantine: new Set(),
  healing: new Set(),
};

export function quarantineKey(subject: SubjectKey, image: ImageId): string {
  return `${subject} ${image}`;
}

/** Whether this image has failed the gate for a subject, or for all that its heal is about. */
export function isQuarantined(
  { quarantine }: Pick<Memory, "quarantine">,
  subject: SubjectKey,
  image: ImageId,
): boolean {
  const subjects = [subject, healSubjectOf(subject)];
  return subjects.some((one) => quarantine.has(quarantineKey(one, image)));
}

/** Everybody who took part when it was last seen. */
export function membersOf({ containerId, others = [] }: Divergence): readonly ContainerId[] {
  return [containerId, ...others];
}

export function sameDivergence(a: Divergence, b: Divergence): boolean {
  return (
    membersOf(a).join() === membersOf(b).join() &&
    a.runningImageId === b.runningImageId &&
    a.newestImageId === b.newestImageId &&
    a.since === b.since &&
    a.firstSeenAt === b.firstSeenAt &&
    a.newestSeenAt === b.newestSeenAt
  );
}

import { hasPolicyLabel, policyResolver, type EffectivePolicy } from "./effective-policy.ts";
import { follow, type Followed } from "./follow.ts";
import type { ContainerId, EpochMs, ImageId, SubjectKey } from "./ids.ts";
import { indexImages, type ImageIndex } from "./image-index.ts";
import { COMPOSE } from "./labels.ts";
import type { Divergence, Memory } from "./memory.ts";
import type { ObservedContainer, Snapshot } from "./observation.ts";
import { withOwnLabels } from "./own-labels.ts";
import type { PolicyConfig } from "./policy.ts";
import { isReplica } from "./subject.ts";
import type { Hold } from "./verdict.ts";

export interface JudgeInput {
  readonly snapshot: Snapshot;
  readonly policy: PolicyConfig;
  readonly memory: Memory;
  readonly now: EpochMs;
  /** Our own container, if we run in one. */
  readonly self: ContainerId | null;
  /** When this process last scanned the whole host: what is not remembered as diverged was not diverged then. */
  readonly lastScanAt?: EpochMs | null;
  /** Whether `heal.window` is open now; true where none is set. */
  readonly healWindowOpen: boolean;
}

type Labels = ObservedContainer["labels"];

/** What all containers of one scan are judged with. */
export interface Bench extends JudgeInput {
  readonly index: ImageIndex;
  readonly policyOf: (container: ObservedContainer) => EffectivePolicy;
  /** Of the image that a container runs; null when they cannot be learned any more. */
  readonly imageLabels: (container: ObservedContainer) => Labels | null;
  /** How many of its Compose service run; 1 for any other. */
  readonly replicasOf: (container: ObservedContainer) => number;
  /** Subjects of diverged containers that a deploy is replacing; empty at the first look. */
  readonly deploying: ReadonlySet<SubjectKey>;
  readonly activeHolds: readonly Hold[];
  /** Divergences of this very scan that a subject's other containers take part in. */
  readonly shared: ReadonlyMap<SubjectKey, Divergence>;
}

export function prepare(input: JudgeInput): Bench {
  const { snapshot, memory, now } = input;
  const index = indexImages(snapshot.images);
  const resolve = policyResolver(input.policy);
  const imageLabels = (container: ObservedContainer): Labels | null =>
    labelsOf(container.imageId, memory, index);
  return {
    ...withOwnLabels(input),
    index,
    policyOf: (container) =>
      resolve(container, hasPolicyLabel(container.labels) ? imageLabels(container) : null),
    imageLabels,
    replicasOf: replicaCounter(snapshot.containers),
    deploying: new Set(),
    activeHolds: memory.holds.filter((hold) => hold.until > now),
    shared: new Map(),
  };
}

function replicaCounter(containers: readonly ObservedContainer[]): Bench["replicasOf"] {
  const counts = new Map<string, number>();
  for (const container of containers) {
    const service = serviceKeyOf(container);
    if (service !== null && container.state === "running")
      counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return (container) => counts.get(serviceKeyOf(container) ?? "") ?? 1;
}

function serviceKeyOf({ labels }: ObservedContainer): string | null {
  return isReplica(labels) ? `${labels[COMPOSE.project]}\0${labels[COMPOSE.service]}` : null;
}

/** From the list while the image is there, from memory once it is gone; null when neither knows it. */
function labelsOf(id: ImageId, memory: Memory, index: ImageIndex): Labels | null {
  const listed = index.byId.get(id);
  if (listed !== undefined) return listed.labels;
  const fact = memory.images.get(id);
  return fact?.known === true ? fact.labels : null;
}

/** What name the container follows, as far as memory tells. */
export function followedBy(
  container: ObservedContainer,
  policy: EffectivePolicy,
  { memory, index }: Bench,
): Followed {
  return follow(container, policy.image, memory.containers.get(container.id) ?? null, index);
}

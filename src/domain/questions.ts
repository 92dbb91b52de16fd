import { followedBy, prepare, type Bench, type JudgeInput } from "./bench.ts";
import { exclusionOf } from "./exclusion.ts";
import { identify } from "./identity.ts";
import type { ContainerId, ImageId } from "./ids.ts";
import { newestOf } from "./newest.ts";
import {
  isLive,
  type ContainerFact,
  type ImageFact,
  type ObservedContainer,
} from "./observation.ts";
import { subjectOf } from "./subject.ts";

/** What the two lists do not say and memory does not know yet. Each costs one engine call, once. */
export interface Questions {
  readonly images: readonly ImageId[];
  readonly containers: readonly ContainerId[];
}

/** The input of one scan, and what was asked for it already: an answer that settles nothing is not asked for again. */
export interface Inquiry extends JudgeInput {
  readonly asked?: ReadonlySet<ImageId | ContainerId>;
}

/** What must be asked before the snapshot can be judged: the config of every running image never seen before, and for
 *  a newly diverged container its own and its newest image's. Answers raise new questions, so it is called until it
 *  has none; nothing of a host where all is known and fresh. */
export function questionsOf(input: Inquiry): Questions {
  const bench = prepare(input);
  const images = new Set<ImageId>();
  const containers = new Set<ContainerId>();
  for (const container of bench.snapshot.containers)
    if (isLive(container)) ask(container, bench, images, containers);
  const isNew = (id: ImageId | ContainerId): boolean => input.asked?.has(id) !== true;
  return { images: [...images].filter(isNew), containers: [...containers].filter(isNew) };
}

function ask(
  container: ObservedContainer,
  bench: Bench,
  images: Set<ImageId>,
  containers: Set<ContainerId>,
): void {
  const policy = bench.policyOf(container);
  if (exclusionOf(container, policy, bench.self, bench.imageLabels) !== null) return;
  if (isUnknown(container.imageId, bench)) images.add(container.imageId);
  const followed = followedBy(container, policy, bench);
  if (followed.kind === "ask") containers.add(container.id);
  if (followed.kind !== "tag") return;
  const answer = newestOf(followed.reference, policy, bench.index, bench.now);
  if (answer.kind !== "image" || answer.image.id === container.imageId) return;
  if (!bench.memory.containers.has(container.id)) containers.add(container.id);
  if (isUnknown(answer.image.id, bench) || isNewlyDiverged(container, answer.image.id, bench))
    images.add(answer.image.id);
}

/** Never seen, or gone when last asked and now listed again. */
function isUnknown(id: ImageId, { memory, index }: Bench): boolean {
  const fact = memory.images.get(id);
  return fact === undefined || (!fact.known && index.byId.has(id));
}

/** A known image that a tag came back to has a tag time that is not the remembered one. A divergence that is remembered
 *  needs none: its clock runs on. */
function isNewlyDiverged(container: ObservedContainer, newest: ImageId, bench: Bench): boolean {
  const { memory, snapshot } = bench;
  const known = (id: ImageId): ImageFact | null => memory.images.get(id) ?? null;
  const running = {
    id: container.imageId,
    fact: known(container.imageId),
    manifestDigest: container.manifestDigest,
  };
  if (identify(running, { id: newest, fact: known(newest) }, snapshot.engine.store) === "same")
    return false;
  return !memory.divergences.has(subjectOf(container));
}

/** What the engine answered. */
export interface Answers {
  readonly images: readonly ImageFact[];
  readonly containers: readonly ContainerFact[];
  /** Containers that were gone when asked about: they are no longer part of the snapshot. */
  readonly vanished: readonly ContainerId[];
}

/** The input with the answers in its memory and without what has vanished. An image's `firstSeenAt` stays what it was
 *  when it is asked about again. */
export function withAnswers(input: Inquiry, answers: Answers): Inquiry {
  const { snapshot, memory } = input;
  const images = new Map(memory.images);
  for (const fact of answers.images)
    images.set(fact.id, {
      ...fact,
      firstSeenAt: images.get(fact.id)?.firstSeenAt ?? fact.firstSeenAt,
    });
  const containers = new Map(memory.containers);
  for (const fact of answers.containers) containers.set(fact.id, fact);
  const answered = [...answers.images, ...answers.containers].map(({ id }) => id);
  const gone = new Set(answers.vanished);
  const left =
    gone.size === 0 ? snapshot.containers : snapshot.containers.filter(({ id }) => !gone.has(id));
  return {
    ...input,
    snapshot: { ...snapshot, containers: left },
    memory: { ...memory, images, containers },
    asked: new Set([...(input.asked ?? []), ...answered]),
  };
}

import type { ContainerId, ImageId, SubjectKey } from "./ids.ts";
import { sameDivergence, type Divergence, type Memory } from "./memory.ts";
import type { ContainerFact, ImageFact, Snapshot } from "./observation.ts";
import { isDiverged, type Diverged, type Judgement } from "./verdict.ts";

/** What has to be written for the memory to become the new one. All empty after a quiet scan. */
export interface MemoryChange {
  readonly images: readonly ImageFact[];
  readonly containers: readonly ContainerFact[];
  readonly divergences: readonly Divergence[];
  readonly forgetImages: readonly ImageId[];
  readonly forgetContainers: readonly ContainerId[];
  readonly forgetDivergences: readonly SubjectKey[];
}

export interface RememberInput {
  /** As it was before the scan. */
  readonly before: Memory;
  /** With the scan's answers in it. */
  readonly after: Memory;
  readonly snapshot: Snapshot;
  readonly judgements: readonly Judgement[];
  /** Subjects with an open incident: their divergence is kept until the incident has ended. */
  readonly open: ReadonlySet<SubjectKey>;
  /** True for a look that tells nobody: what belongs to an open incident is then left to whoever tells, because the look
   *  may have judged by another policy. */
  readonly looksOnly?: boolean;
  /** False when only some containers were judged: then nothing is forgotten because it was not seen. */
  readonly complete: boolean;
}

export function rememberScan(input: RememberInput): MemoryChange {
  const { before, after, judgements } = input;
  const diverged = divergencesOf(judgements);
  return {
    images: changed(before.images, after.images),
    containers: changed(before.containers, after.containers),
    divergences: [...diverged.values()].filter((one) => {
      if (isLeftAlone(one.subject, input)) return false;
      const known = before.divergences.get(one.subject);
      return known === undefined || !sameDivergence(known, one);
    }),
    forgetDivergences: endedDivergences(input, diverged),
    ...(input.complete ? forgotten(input) : { forgetImages: [], forgetContainers: [] }),
  };
}

export function isEmptyChange(change: MemoryChange): boolean {
  return Object.values(change).every((list: readonly unknown[]) => list.length === 0);
}

function changed<Id, Fact>(before: ReadonlyMap<Id, Fact>, after: ReadonlyMap<Id, Fact>): Fact[] {
  if (before === after) return [];
  return [...after].filter(([id, fact]) => before.get(id) !== fact).map(([, fact]) => fact);
}

/** While two containers stand for one subject, the divergence that was seen first speaks for both. */
export function divergencesOf(judgements: readonly Judgement[]): Map<SubjectKey, Divergence> {
  const bySubject = new Map<SubjectKey, Divergence>();
  for (const judgement of judgements.filter(isDiverged)) {
    const one = divergenceAsJudged(judgement);
    const other = bySubject.get(one.subject);
    bySubject.set(one.subject, other === undefined ? one : older(one, other));
  }
  return bySubject;
}

function divergenceAsJudged(judgement: Diverged): Divergence {
  const { subject, container, running, newest } = judgement;
  return {
    subject,
    containerId: container.id,
    runningImageId: running.id,
    newestImageId: newest.id,
    since: judgement.divergedSince,
    firstSeenAt: judgement.firstSeenAt,
    newestSeenAt: judgement.newestSeenAt,
  };
}

function older(a: Divergence, b: Divergence): Divergence {
  if (a.firstSeenAt !== b.firstSeenAt) return a.firstSeenAt < b.firstSeenAt ? a : b;
  if (a.since !== b.since) return a.since < b.since ? a : b;
  if (a.newestSeenAt !== b.newestSeenAt) return a.newestSeenAt < b.newestSeenAt ? a : b;
  return a.containerId < b.containerId ? a : b;
}

/** Over when its subject was judged otherwise, or is not there and nobody was told of it. An untracked subject is one
 *  that could not be judged this time: its divergence goes on. */
function endedDivergences(
  input: RememberInput,
  diverged: ReadonlyMap<SubjectKey, Divergence>,
): SubjectKey[] {
  const { before, judgements, open, complete } = input;
  const seen = new Set(judgements.map(({ subject }) => subject));
  const unknown = new Set(judgements.filter(isUntracked).map(({ subject }) => subject));
  return [...before.divergences.keys()].filter((subject) => {
    if (diverged.has(subject) || unknown.has(subject) || isLeftAlone(subject, input)) return false;
    return seen.has(subject) || (complete && !open.has(subject));
  });
}

/** While a heal is under way, what is seen of its subject is neither here nor there. */
function isLeftAlone(subject: SubjectKey, { looksOnly, open, before }: RememberInput): boolean {
  return before.healing.has(subject) || (looksOnly === true && open.has(subject));
}

function isUntracked(judgement: Judgement): boolean {
  return judgement.verdict === "untracked";
}

/** An image is remembered as long as a container uses it or the engine lists it: a heal needs the config of an image
 *  that the engine has forgotten, and `newest-tag` needs to know when one was first seen. */
function forgotten({
  after,
  snapshot,
}: RememberInput): Pick<MemoryChange, "forgetImages" | "forgetContainers"> {
  const containers = new Set(snapshot.containers.map(({ id }) => id));
  const images = new Set([
    ...snapshot.images.map(({ id }) => id),
    ...snapshot.containers.map(({ imageId }) => imageId),
  ]);
  return {
    forgetImages: [...after.images.keys()].filter((id) => !images.has(id)),
    forgetContainers: [...after.containers.keys()].filter((id) => !containers.has(id)),
  };
}

import type { ContainerId, ImageId, SubjectKey } from "./ids.ts";
import { membersOf, sameDivergence, type Divergence, type Memory } from "./memory.ts";
import type { ContainerFact, ImageFact, Snapshot } from "./observation.ts";
import { healSubjectOf } from "./subject.ts";
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
    divergences: [...diverged.values()].flatMap((one) => {
      if (isLeftAlone(one.subject, input)) return [];
      const known = before.divergences.get(one.subject);
      if (known === undefined) return [one];
      const now = withUnjudged(one, known, input);
      return sameDivergence(known, now) ? [] : [now];
    }),
    forgetDivergences: endedDivergences(input, diverged),
    ...(input.complete ? forgotten(input) : { forgetImages: [], forgetContainers: [] }),
  };
}

/** The memory after the change. */
export function changedBy(memory: Memory, change: MemoryChange): Memory {
  const images = new Map(memory.images);
  const containers = new Map(memory.containers);
  const divergences = new Map(memory.divergences);
  for (const fact of change.images) images.set(fact.id, fact);
  for (const fact of change.containers) containers.set(fact.id, fact);
  for (const one of change.divergences) divergences.set(one.subject, one);
  for (const id of change.forgetImages) images.delete(id);
  for (const id of change.forgetContainers) containers.delete(id);
  for (const subject of change.forgetDivergences) divergences.delete(subject);
  return { ...memory, images, containers, divergences };
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
  const all = judgements.filter(isDiverged).map(divergenceAsJudged);
  const bySubject = Map.groupBy(all, ({ subject }) => subject);
  return new Map([...bySubject].map(([subject, list]) => [subject, spokenFor(list)]));
}

function spokenFor(list: readonly Divergence[]): Divergence {
  const first = list.reduce(older);
  const others = list
    .map(({ containerId }) => containerId)
    .filter((id) => id !== first.containerId);
  return withOthers(first, others);
}

function withOthers(divergence: Divergence, others: readonly ContainerId[]): Divergence {
  return others.length === 0 ? divergence : { ...divergence, others: [...others].sort() };
}

/** Who took part before and could not be judged this time takes part still. */
function withUnjudged(
  now: Divergence,
  known: Divergence,
  { judgements, complete }: RememberInput,
): Divergence {
  if (known.firstSeenAt !== now.firstSeenAt) return now;
  const members = membersOf(now);
  const left = membersOf(known).filter((id) => {
    if (members.includes(id)) return false;
    const judgement = judgements.find(({ container }) => container.id === id);
    return judgement === undefined ? !complete : isUntracked(judgement);
  });
  return left.length === 0 ? now : withOthers(now, [...(now.others ?? []), ...left]);
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
  return before.healing.has(healSubjectOf(subject)) || (looksOnly === true && open.has(subject));
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

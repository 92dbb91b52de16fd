import { followedBy, prepare, type Bench, type JudgeInput } from "./bench.ts";
import { healBlocksOf, withBreaker } from "./blocks.ts";
import { divergenceOf } from "./clocks.ts";
import { deploysUnderWay } from "./deploys.ts";
import type { EffectivePolicy } from "./effective-policy.ts";
import { exclusionOf } from "./exclusion.ts";
import type { Followed } from "./follow.ts";
import { identify } from "./identity.ts";
import type { EpochMs, ImageId, SubjectKey } from "./ids.ts";
import { quarantineKey } from "./memory.ts";
import { newestOf, type NewestAnswer } from "./newest.ts";
import { isLive, isSane, type ImageFact, type ObservedContainer } from "./observation.ts";
import { isCalled, placeOf } from "./place.ts";
import { divergencesOf } from "./remember.ts";
import { healSubjectOf, isReplica, subjectOf } from "./subject.ts";
import { swarmUpdatesUnderWay } from "./swarm-updates.ts";
import {
  isDiverged,
  type Diverged,
  type Hold,
  type Judgement,
  type RunningImage,
  type UntrackedReason,
  type Warning,
} from "./verdict.ts";
import { DEPLOY_CUT_OFF, elsewhereWarnings, IDENTITY_UNKNOWN, volumeWarnings } from "./warnings.ts";

export type { JudgeInput };

/** Judges every running container, in the order of the snapshot. Pure: the same input gives the same output, and
 *  judging its own result again changes nothing. */
export function judge(input: JudgeInput): Judgement[] {
  const bench = prepare(input);
  const judgements = bench.snapshot.containers
    .filter(isLive)
    .map((container) => judgeContainer(container, bench));
  return withBreaker(secondLook(judgements, bench), input.policy.breaker, input.now);
}

/** What a diverged container's judgement takes from the others of its subject: whether a deploy is under way there, and
 *  the oldest divergence, which is that of all, because an incident belongs to the subject. Few containers have others. */
function secondLook(judgements: readonly Judgement[], bench: Bench): readonly Judgement[] {
  const diverged = judgements.filter(isDiverged);
  if (diverged.length === 0) return judgements;
  const shared = divergencesOf(judgements);
  const { containers } = bench.snapshot;
  const deploying = new Set([
    ...deploysUnderWay(
      containers,
      diverged.map(({ container }) => container),
    ),
    ...swarmUpdatesUnderWay(containers, diverged, bench.now),
  ]);
  const hasOthers = ({ subject, container }: Diverged): boolean =>
    deploying.has(subject) || shared.get(subject)?.containerId !== container.id;
  const others: Bench = { ...bench, shared, deploying };
  return judgements.map((one) =>
    isDiverged(one) && hasOthers(one) ? judgeContainer(one.container, others) : one,
  );
}

/** A container's facts, and as much of the answer as holds whatever the verdict. */
interface Case {
  readonly container: ObservedContainer;
  readonly policy: EffectivePolicy;
  readonly subject: SubjectKey;
  readonly bench: Bench;
  readonly runningFact: ImageFact | null;
}

type Common = Omit<Extract<Judgement, { verdict: "fresh" }>, "verdict" | "newest">;

function judgeContainer(container: ObservedContainer, bench: Bench): Judgement {
  const policy = bench.policyOf(container);
  const subject = subjectOf(container);
  const runningFact = bench.memory.images.get(container.imageId) ?? null;
  const one: Case = { container, policy, subject, bench, runningFact };
  const excluded = exclusionOf(container, policy, bench.self, bench.imageLabels);
  const followed = followedBy(container, policy, bench);
  if (excluded !== null)
    return {
      ...common(one, followed, policy.warnings),
      verdict: "excluded",
      reasonCode: excluded,
    };
  if (followed.kind !== "tag") return untracked(one, followed, reasonOf(followed));
  const answer = newestOf(followed.reference, policy, bench.index, bench.now);
  if (answer.kind === "untracked") return untracked(one, followed, answer.reason);
  return compare(one, followed, answer);
}

/** Without an answer to the question which name it follows, no reference can be learned. */
function reasonOf(followed: Exclude<Followed, { kind: "tag" }>): UntrackedReason {
  return followed.kind === "ask" ? "image-missing" : followed.reason;
}

function untracked(one: Case, followed: Followed, reasonCode: UntrackedReason): Judgement {
  const warnings = elsewhere(one, null, runningImage(one).createdAt);
  return { ...common(one, followed, warnings), verdict: "untracked", reasonCode };
}

function compare(
  one: Case,
  followed: Followed,
  { image, newest }: Extract<NewestAnswer, { kind: "image" }>,
): Judgement {
  const { container, bench } = one;
  const warnings = elsewhere(one, newest.id, newest.createdAt);
  if (container.imageId === newest.id)
    return { ...common(one, followed, warnings), verdict: "fresh", newest };
  const newestFact = bench.memory.images.get(newest.id) ?? null;
  const identity = identify(
    { id: container.imageId, fact: one.runningFact, manifestDigest: container.manifestDigest },
    { id: newest.id, fact: newestFact },
    bench.snapshot.engine.store,
  );
  if (identity === "same") return { ...common(one, followed, warnings), verdict: "fresh", newest };
  const more = [
    ...(identity === "unknown" ? [IDENTITY_UNKNOWN] : []),
    ...volumeWarnings(container, newest),
  ];
  const base = common(one, followed, [...warnings, ...more]);
  return diverged(one, base, { image, newest, newestFact, identity });
}

interface Comparison {
  readonly image: Extract<NewestAnswer, { kind: "image" }>["image"];
  readonly newest: Diverged["newest"];
  readonly newestFact: ImageFact | null;
  readonly identity: "different" | "unknown";
}

function diverged(one: Case, base: Common, comparison: Comparison): Diverged {
  const { container, policy, subject, bench } = one;
  const { newest, newestFact } = comparison;
  const { memory, now } = bench;
  const remembered = memory.divergences.get(subject) ?? null;
  const shared = bench.shared.get(subject) ?? null;
  const clocks = divergenceOf({
    subject,
    container,
    newest,
    newestFact,
    remembered,
    shared,
    runningBuiltAt: base.running.createdAt,
    lackedBuiltAt: remembered && builtAt(remembered.newestImageId, bench),
    seenFreshAt: bench.lastScanAt ?? null,
    now,
  });
  const graceEndsAt = clocks.since + policy.grace;
  const stale = now >= graceEndsAt;
  const rolledBack = isRolledBack(one, base, comparison);
  const deployUnderWay = bench.deploying.has(subject);
  // Swarm goes on with what it began, and says itself where it does not.
  const cutOff = stale && deployUnderWay && isReplica(container.labels) ? [DEPLOY_CUT_OFF] : [];
  const healBlocks = healBlocksOf({
    container,
    policy,
    rolledBack,
    identity: comparison.identity,
    hold: base.hold,
    windowOpen: bench.healWindowOpen,
    quarantined: [subject, healSubjectOf(subject)].some((one) =>
      memory.quarantine.has(quarantineKey(one, newest.id)),
    ),
    deployUnderWay,
    newest: comparison.image,
    store: bench.snapshot.engine.store,
    fact: memory.containers.get(container.id) ?? null,
  });
  return {
    ...base,
    verdict: stale ? "stale" : "pending",
    reasonCode: policy.strategy === "newest-tag" ? "newer-tag" : "tag-moved",
    warnings: [...base.warnings, ...cutOff],
    newest,
    rolledBack,
    divergedSince: clocks.since,
    graceEndsAt,
    firstSeenAt: clocks.firstSeenAt,
    newestSeenAt: clocks.newestSeenAt,
    healReadyAt: clocks.newestSeenAt + policy.grace,
    healBlockedBy: healBlocks[0] ?? null,
    healBlocks,
  };
}

function builtAt(id: ImageId, { index, memory }: Bench): EpochMs | null {
  return index.byId.get(id)?.createdAt ?? memory.images.get(id)?.createdAt ?? null;
}

/** The newest image was built before the running one, or, under `newest-tag`, somebody created the container when the
 *  newest image was already there. Times that cannot be believed give no direction. */
function isRolledBack(one: Case, base: Common, { newest, newestFact }: Comparison): boolean {
  const { now } = one.bench;
  const runningBuilt = base.running.createdAt;
  if (isSane(runningBuilt, now) && isSane(newest.createdAt, now) && newest.createdAt < runningBuilt)
    return true;
  if (one.policy.strategy !== "newest-tag" || newestFact === null) return false;
  return one.container.createdAt > newestFact.firstSeenAt;
}

function common(one: Case, followed: Followed, warnings: readonly Warning[]): Common {
  const { container, policy, subject, bench } = one;
  const { project, service } = placeOf(container);
  return {
    container,
    subject,
    project,
    service,
    reference: followed.kind === "ask" ? null : followed.text,
    strategy: policy.strategy,
    mode: policy.mode,
    running: runningImage(one),
    hold: holdOn(container, project, bench.activeHolds),
    ack: activeAck(subject, bench),
    warnings,
  };
}

/** One object an image: a host runs many containers of few images. */
function runningImage({ container, bench, runningFact }: Case): RunningImage {
  const { running, byId } = bench.index;
  const known = running.get(container.imageId);
  if (known !== undefined) return known;
  const createdAt = byId.get(container.imageId)?.createdAt ?? runningFact?.createdAt ?? null;
  const image = { id: container.imageId, createdAt };
  running.set(container.imageId, image);
  return image;
}

/** The policy's warnings, and whether there is a newer build under another name. */
function elsewhere(
  { container, policy, bench }: Case,
  newest: ImageId | null,
  builtAt: EpochMs | null,
): readonly Warning[] {
  const found = elsewhereWarnings(container, bench.index, newest, builtAt, bench.now);
  return found.length === 0 ? policy.warnings : [...policy.warnings, ...found];
}

/** The hold that lasts longest. */
function holdOn(
  container: ObservedContainer,
  project: string | null,
  holds: readonly Hold[],
): Hold | null {
  let longest: Hold | null = null;
  for (const hold of holds) {
    const covers =
      (hold.container !== null && isCalled(container, hold.container)) ||
      (hold.project !== null && hold.project === project);
    if (covers && (longest === null || hold.until > longest.until)) longest = hold;
  }
  return longest;
}

function activeAck(subject: SubjectKey, { memory, now }: Bench): Judgement["ack"] {
  if (memory.acks.size === 0) return null;
  const ack = memory.acks.get(subject);
  return ack !== undefined && ack.until > now ? ack : null;
}

import { followedBy, prepare, type Bench, type JudgeInput } from "./bench.ts";
import { withBreaker } from "./blocks.ts";
import { common, runningImage, type Case } from "./common.ts";
import { deploysUnderWay } from "./deploys.ts";
import { diverged } from "./diverged.ts";
import { exclusionOf } from "./exclusion.ts";
import type { Followed } from "./follow.ts";
import { identify } from "./identity.ts";
import type { EpochMs, ImageId } from "./ids.ts";
import { newestOf, type NewestAnswer } from "./newest.ts";
import { isLive, type ObservedContainer } from "./observation.ts";
import { divergencesOf } from "./remember.ts";
import { subjectOf } from "./subject.ts";
import { swarmUpdatesUnderWay } from "./swarm-updates.ts";
import {
  isDiverged,
  type Diverged,
  type Judgement,
  type UntrackedReason,
  type Warning,
} from "./verdict.ts";
import { elsewhereWarnings, IDENTITY_UNKNOWN, volumeWarnings } from "./warnings.ts";

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
  const moved = judgements.filter(isDiverged);
  if (moved.length === 0) return judgements;
  const shared = divergencesOf(judgements);
  const { containers } = bench.snapshot;
  const deploying = new Set([
    ...deploysUnderWay(
      containers,
      moved.map(({ container }) => container),
    ),
    ...swarmUpdatesUnderWay(containers, moved, bench.now),
  ]);
  const hasOthers = ({ subject, container }: Diverged): boolean =>
    deploying.has(subject) || shared.get(subject)?.containerId !== container.id;
  const others: Bench = { ...bench, shared, deploying };
  return judgements.map((one) =>
    isDiverged(one) && hasOthers(one) ? judgeContainer(one.container, others) : one,
  );
}

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

/** The policy's warnings, and whether there is a newer build under another name. */
function elsewhere(
  { container, policy, bench }: Case,
  newest: ImageId | null,
  builtAt: EpochMs | null,
): readonly Warning[] {
  const found = elsewhereWarnings(container, bench.index, newest, builtAt, bench.now);
  return found.length === 0 ? policy.warnings : [...policy.warnings, ...found];
}

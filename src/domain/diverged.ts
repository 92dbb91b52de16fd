import type { Bench } from "./bench.ts";
import { healBlocksOf } from "./blocks.ts";
import { divergenceOf } from "./clocks.ts";
import type { Case, Common } from "./common.ts";
import type { EpochMs, ImageId } from "./ids.ts";
import { isQuarantined, type Divergence } from "./memory.ts";
import { isSane, type ImageFact, type LocalImage } from "./observation.ts";
import { isReplica } from "./subject.ts";
import type { Diverged, HealBlock } from "./verdict.ts";
import { DEPLOY_CUT_OFF } from "./warnings.ts";

/** What a container runs, beside what it should run, when they are not the same content. */
export interface Comparison {
  readonly image: LocalImage;
  readonly newest: Diverged["newest"];
  readonly newestFact: ImageFact | null;
  readonly identity: "different" | "unknown";
}

export function diverged(one: Case, base: Common, comparison: Comparison): Diverged {
  const { container, policy, subject, bench } = one;
  const clocks = clocksOf(one, base, comparison);
  const graceEndsAt = clocks.since + policy.grace;
  const stale = bench.now >= graceEndsAt;
  // Swarm goes on with what it began, and says itself where it does not.
  const isCutOff = stale && bench.deploying.has(subject) && isReplica(container.labels);
  const rolledBack = isRolledBack(one, base, comparison);
  const healBlocks = blocksOf(one, base, comparison, rolledBack);
  return {
    ...base,
    verdict: stale ? "stale" : "pending",
    reasonCode: policy.strategy === "newest-tag" ? "newer-tag" : "tag-moved",
    warnings: isCutOff ? [...base.warnings, DEPLOY_CUT_OFF] : base.warnings,
    newest: comparison.newest,
    rolledBack,
    divergedSince: clocks.since,
    graceEndsAt,
    firstSeenAt: clocks.firstSeenAt,
    newestSeenAt: clocks.newestSeenAt,
    healReadyAt: clocks.newestSeenAt + policy.grace,
    healBlockedBy: healBlocks[0] ?? null,
    healBlocks,
    notClonable: healBlocks.includes("not-clonable") ? notClonable(one) : null,
  };
}

function clocksOf(one: Case, base: Common, { newest, newestFact }: Comparison): Divergence {
  const { container, subject, bench } = one;
  const remembered = bench.memory.divergences.get(subject) ?? null;
  return divergenceOf({
    subject,
    container,
    newest,
    newestFact,
    remembered,
    shared: bench.shared.get(subject) ?? null,
    runningBuiltAt: base.running.createdAt,
    lackedBuiltAt: remembered && builtAt(remembered.newestImageId, bench),
    seenFreshAt: bench.lastScanAt ?? null,
    now: bench.now,
  });
}

function blocksOf(
  { container, policy, subject, bench }: Case,
  base: Common,
  { image, identity }: Comparison,
  rolledBack: boolean,
): readonly HealBlock[] {
  const { memory, snapshot } = bench;
  return healBlocksOf({
    container,
    policy,
    rolledBack,
    identity,
    hold: base.hold,
    windowOpen: bench.healWindowOpen,
    quarantined: isQuarantined(memory, subject, image.id),
    deployUnderWay: bench.deploying.has(subject),
    newest: image,
    store: snapshot.engine.store,
    fact: memory.containers.get(container.id) ?? null,
    clones: bench.policy.method !== "compose",
  });
}

function notClonable({ container, bench }: Case): string | null {
  return bench.memory.containers.get(container.id)?.notClonable ?? null;
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

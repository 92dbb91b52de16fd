import type { Identity } from "./identity.ts";
import type { EffectivePolicy } from "./effective-policy.ts";
import type { ContainerFact, ImageStore, LocalImage, ObservedContainer } from "./observation.ts";
import { healSubjectOf } from "./subject.ts";
import { HEAL_BLOCKS, type Diverged, type HealBlock, type Hold } from "./verdict.ts";

/** Everything that can stand in the way of an automatic heal, but for the breaker, which needs all judgements. */
export interface BlockInput {
  readonly container: ObservedContainer;
  readonly policy: EffectivePolicy;
  readonly rolledBack: boolean;
  readonly identity: Identity;
  readonly hold: Hold | null;
  readonly windowOpen: boolean;
  readonly quarantined: boolean;
  readonly deployUnderWay: boolean;
  readonly newest: LocalImage;
  readonly store: ImageStore;
  readonly fact: ContainerFact | null;
  /** Whether it would be healed by a clone over the Engine API. */
  readonly clones: boolean;
}

const TESTS: Readonly<Record<Exclude<HealBlock, "breaker">, (input: BlockInput) => boolean>> = {
  mode: ({ policy }) => policy.mode !== "heal",
  "rolled-back": ({ rolledBack }) => rolledBack,
  "identity-unknown": ({ identity }) => identity === "unknown",
  hold: ({ hold }) => hold !== null,
  window: ({ windowOpen }) => !windowOpen,
  quarantine: ({ quarantined }) => quarantined,
  "deploy-under-way": ({ deployUnderWay }) => deployUnderWay,
  stateful: ({ policy, container }) => !saysHealItself(policy) && isStateful(container),
  pulled: ({ policy, store, newest }) =>
    !saysHealItself(policy) && store === "classic" && newest.repoDigests.length > 0,
  "auto-remove": ({ fact }) => fact?.autoRemove ?? false,
  "not-clonable": ({ fact, clones }) => clones && (fact?.notClonable ?? null) !== null,
};

/** Everything that forbids an automatic heal, in the order of `HEAL_BLOCKS`. */
export function healBlocksOf(input: BlockInput): readonly HealBlock[] {
  return HEAL_BLOCKS.filter((block) => block !== "breaker" && TESTS[block](input));
}

/** A heal mode for the whole host must not recreate a database at noon because somebody pulled its image: only a rule
 *  or label that speaks of this container lifts `stateful` and `pulled`. */
function saysHealItself(policy: EffectivePolicy): boolean {
  return policy.mode === "heal" && policy.modeIsOwn;
}

function isStateful(container: ObservedContainer): boolean {
  return container.mounts.some((mount) => mount.type === "volume" && mount.writable);
}

/** Whether the daemon would heal it now. */
export function isDue(judgement: Diverged, now: number): boolean {
  return (
    judgement.verdict === "stale" &&
    judgement.healBlockedBy === null &&
    now >= judgement.healReadyAt
  );
}

/** More services due at once than `breaker`: something larger is wrong than one missed recreate, so none is healed.
 *  Returns the judgements, in their order. */
export function withBreaker<T extends { readonly verdict: string }>(
  judgements: readonly (T | Diverged)[],
  breaker: number,
  now: number,
): (T | Diverged)[] {
  const due = judgements.filter(
    (one): one is Diverged => "healBlockedBy" in one && isDue(one, now),
  );
  if (new Set(due.map(serviceOf)).size <= breaker) return [...judgements];
  const tripped = new Set<unknown>(due);
  return judgements.map((one) =>
    "healBlockedBy" in one && tripped.has(one)
      ? { ...one, healBlockedBy: "breaker", healBlocks: ["breaker"] }
      : one,
  );
}

function serviceOf(judgement: Diverged): string {
  const { project, service, subject } = judgement;
  return project !== null && service !== null ? `${project}\n${service}` : healSubjectOf(subject);
}

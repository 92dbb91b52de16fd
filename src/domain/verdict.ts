import type { EpochMs, ImageId, SubjectKey } from "./ids.ts";
import type { ObservedContainer } from "./observation.ts";
import type { Mode, Strategy } from "./policy.ts";

export const VERDICTS = ["fresh", "pending", "stale", "untracked", "excluded"] as const;
export type VerdictKind = (typeof VERDICTS)[number];

export const DIVERGED_REASONS = ["tag-moved", "newer-tag"] as const;
export type DivergedReason = (typeof DIVERGED_REASONS)[number];

export const UNTRACKED_REASONS = [
  "pinned-by-digest",
  "pinned-by-id",
  "tag-missing",
  "image-missing",
  "build-time-unknown",
] as const;
export type UntrackedReason = (typeof UNTRACKED_REASONS)[number];

export const EXCLUDED_REASONS = [
  "label",
  "filter",
  "self",
  "short-lived",
  "managed-elsewhere",
] as const;
export type ExcludedReason = (typeof EXCLUDED_REASONS)[number];

export type ReasonCode = DivergedReason | UntrackedReason | ExcludedReason;

/** In the order in which one is named when several hold. */
export const HEAL_BLOCKS = [
  "mode",
  "rolled-back",
  "identity-unknown",
  "hold",
  "window",
  "breaker",
  "quarantine",
  "deploy-under-way",
  "stateful",
  "pulled",
  "auto-remove",
  "not-clonable",
] as const;
export type HealBlock = (typeof HEAL_BLOCKS)[number];

export const WARNING_CODES = [
  "bad-label",
  "label-from-image",
  "identity-unknown",
  "deploy-cut-off",
  "volume-shadows-image",
  "newer-build-elsewhere",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Rides on a verdict without changing it. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

export interface RunningImage {
  readonly id: ImageId;
  /** null where the engine does not know the image any more. */
  readonly createdAt: EpochMs | null;
}

export interface NewestImage {
  readonly id: ImageId;
  /** The tag by which it is the newest, as people type it: `web:latest`. */
  readonly tag: string;
  readonly createdAt: EpochMs;
  /** Its label `org.opencontainers.image.revision`. */
  readonly revision: string | null;
}

/** A time-limited "hands off". */
export interface Hold {
  readonly id: string;
  readonly project: string | null;
  /** A container's name; exactly one of the two is given. */
  readonly container: string | null;
  readonly until: EpochMs;
  readonly reason: string | null;
}

/** No reminders until then. */
export interface Ack {
  readonly until: EpochMs;
}

interface JudgementBase {
  readonly container: ObservedContainer;
  readonly subject: SubjectKey;
  readonly project: string | null;
  readonly service: string | null;
  /** How many containers its Compose service has running, itself included; 1 for any other. */
  readonly replicas: number;
  /** As people type it; null when it cannot be learned. */
  readonly reference: string | null;
  readonly strategy: Strategy;
  readonly mode: Mode;
  readonly running: RunningImage;
  readonly hold: Hold | null;
  readonly ack: Ack | null;
  readonly warnings: readonly Warning[];
}

export interface Fresh extends JudgementBase {
  readonly verdict: "fresh";
  readonly newest: NewestImage;
}

export interface Diverged extends JudgementBase {
  readonly verdict: "pending" | "stale";
  readonly reasonCode: DivergedReason;
  readonly newest: NewestImage;
  /** The tag was moved back to an older image, or somebody pinned the container by hand. */
  readonly rolledBack: boolean;
  readonly divergedSince: EpochMs;
  readonly graceEndsAt: EpochMs;
  /** When this state first saw this divergence: tells one divergence of a subject from its next. */
  readonly firstSeenAt: EpochMs;
  /** Since when the reference has been on this very newest image, as far as this state saw. */
  readonly newestSeenAt: EpochMs;
  /** When the heal clock, too, is through its grace. */
  readonly healReadyAt: EpochMs;
  /** The first of `healBlocks`. */
  readonly healBlockedBy: HealBlock | null;
  /** Everything that forbids an automatic heal; empty if nothing does. */
  readonly healBlocks: readonly HealBlock[];
  /** What a clone over the Engine API would lose, as a sentence; null where it would lose nothing, or none is to be made. */
  readonly notClonable: string | null;
}

export interface Untracked extends JudgementBase {
  readonly verdict: "untracked";
  readonly reasonCode: UntrackedReason;
}

export interface Excluded extends JudgementBase {
  readonly verdict: "excluded";
  readonly reasonCode: ExcludedReason;
}

/** What is to be said of one running container. */
export type Judgement = Fresh | Diverged | Untracked | Excluded;

export function isDiverged(judgement: Judgement): judgement is Diverged {
  return judgement.verdict === "pending" || judgement.verdict === "stale";
}

/** In the order in which people want to see them. */
export const WORST_FIRST: readonly VerdictKind[] = [
  "stale",
  "pending",
  "untracked",
  "fresh",
  "excluded",
];

/** For sorting: by verdict, then by name. */
export function worstFirst(a: Judgement, b: Judgement): number {
  const byVerdict = WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict);
  if (byVerdict !== 0) return byVerdict;
  return a.container.name < b.container.name ? -1 : 1;
}

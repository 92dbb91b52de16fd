import { blockText, explain } from "../explain.ts";
import type { EpochMs } from "../ids.ts";
import { isDue } from "../blocks.ts";
import { isDiverged, type Diverged, type HealBlock, type Judgement } from "../verdict.ts";
import type { HealTarget } from "./plan.ts";

/** What the daemon heals by itself now. */
export function dueTargets(judgements: readonly Judgement[], now: EpochMs): readonly HealTarget[] {
  return judgements
    .filter((one): one is Diverged => isDiverged(one) && isDue(one, now))
    .map((judgement) => ({ judgement, cause: explain(judgement, now) }));
}

/** What a person asked for, over containers that are selected already. */
export interface HealRequest {
  /** `all`: whatever the daemon would heal, by mode and grace. `selection`: a project or services, whatever their mode,
   *  also pending ones. `names`: just so, and each of them must be one that can be healed. */
  readonly asked: "all" | "selection" | "names";
  /** Overrides holds and quarantine, and recreates what is fresh. */
  readonly force: boolean;
}

export type AskedAnswer =
  | { readonly kind: "heal"; readonly target: HealTarget }
  | { readonly kind: "refused"; readonly judgement: Judgement; readonly reason: string }
  /** There is nothing to do. */
  | { readonly kind: "nothing"; readonly judgement: Judgement; readonly reason: string };

/** Window, breaker, mode, stateful and pulled bind only the daemon: whoever types the command knows what it is for. */
export function askedTargets(
  judgements: readonly Judgement[],
  request: HealRequest,
  now: EpochMs,
): readonly AskedAnswer[] {
  return judgements.flatMap((judgement) => answerFor(judgement, request, now) ?? []);
}

function answerFor(judgement: Judgement, request: HealRequest, now: EpochMs): AskedAnswer | null {
  const reason = explain(judgement, now);
  switch (judgement.verdict) {
    case "untracked":
    case "excluded":
      if (request.asked === "all") return null;
      return { kind: request.asked === "names" ? "refused" : "nothing", judgement, reason };
    case "fresh":
      if (request.asked === "all") return null;
      return request.force
        ? { kind: "heal", target: { judgement, cause: `it was forced: ${reason}` } }
        : { kind: "nothing", judgement, reason };
    case "pending":
    case "stale":
      return forDiverged(judgement, request, reason);
  }
}

function forDiverged(
  judgement: Diverged,
  request: HealRequest,
  reason: string,
): AskedAnswer | null {
  const isAsked =
    request.asked !== "all" || (judgement.verdict === "stale" && judgement.mode === "heal");
  if (!isAsked) return null;
  const block = judgement.healBlocks.find((one) => binds(one, request));
  return block === undefined
    ? { kind: "heal", target: { judgement, cause: reason } }
    : { kind: "refused", judgement, reason: blockText(block, judgement) };
}

/** Whom a block binds besides the daemon. */
const BINDS: Readonly<Record<HealBlock, "daemon" | "unselected" | "unforced" | "all">> = {
  mode: "daemon",
  window: "daemon",
  breaker: "daemon",
  stateful: "daemon",
  pulled: "daemon",
  "rolled-back": "unselected",
  "identity-unknown": "unselected",
  hold: "unforced",
  quarantine: "unforced",
  "deploy-under-way": "all",
  "auto-remove": "all",
  "not-clonable": "all",
};

function binds(block: HealBlock, { asked, force }: HealRequest): boolean {
  switch (BINDS[block]) {
    case "daemon":
      return false;
    case "unselected":
      return asked === "all";
    case "unforced":
      return !force;
    case "all":
      return true;
  }
}

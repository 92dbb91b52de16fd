import { explain } from "../domain/explain.ts";
import { isDiverged, type Judgement } from "../domain/verdict.ts";
import { runHeals, type HealerParts, type HealReport, type ReadyHeal } from "../heal/healer.ts";
import { planCommand, type Planner } from "./heal-plan.ts";
import type { LeftAlone, Refusal } from "./render/heal-plan.ts";

/** A plan that may also be run. */
export interface Runner extends Planner {
  readonly parts: HealerParts;
}

/** What became of one heal of the plan. */
export type HealRun =
  | { readonly kind: "ran"; readonly ready: ReadyHeal; readonly end: HealReport["end"] }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Somebody else did it meanwhile. */
  | { readonly kind: "nothing"; readonly nothing: LeftAlone }
  /** It was interrupted before its turn. */
  | { readonly kind: "left"; readonly ready: ReadyHeal };

/** One after the other, each on a look of its own: what the heal before it changed, and what others did meanwhile, is
 *  judged anew. A container that hangs on two healed ones is another one by the time of the second. */
export async function runPlan(
  ready: readonly ReadyHeal[],
  planner: Runner,
  signal: AbortSignal,
  done: (run: HealRun) => void,
): Promise<readonly HealRun[]> {
  const runs: HealRun[] = [];
  for (const one of ready) {
    const run: HealRun = signal.aborted
      ? { kind: "left", ready: one }
      : await runOne(one, planner, signal);
    done(run);
    runs.push(run);
  }
  return runs;
}

async function runOne(planned: ReadyHeal, planner: Runner, signal: AbortSignal): Promise<HealRun> {
  const { judgement } = planned.planned.target;
  const plan = await planCommand(planner, judgement.container.name, signal);
  const [refusal] = plan.refused;
  if (refusal !== undefined) return { kind: "refused", refusal };
  const [again] = plan.ready;
  const isDone = again !== undefined && isFresh(again) && !isFresh(planned);
  if (again === undefined || isDone)
    return { kind: "nothing", nothing: asItIs(judgement, plan.judgements[0]) };
  const [report] = await runHeals([again], planner.parts, signal);
  return report === undefined
    ? { kind: "left", ready: again }
    : { kind: "ran", ready: again, end: report.end };
}

/** By force also what is fresh is recreated, but not what another heal has made fresh meanwhile. */
function isFresh({ planned }: ReadyHeal): boolean {
  return !isDiverged(planned.target.judgement);
}

function asItIs(planned: Judgement, now: Judgement | undefined): LeftAlone {
  return now === undefined
    ? { judgement: planned, reason: "it was stopped or removed meanwhile" }
    : { judgement: now, reason: explain(now, Date.now()) };
}

/** What is to be said of a heal that did not run, or null. */
export function passedOver(run: HealRun): { readonly name: string; readonly text: string } | null {
  switch (run.kind) {
    case "ran":
      return null;
    case "left":
      return { name: run.ready.record.container, text: "not begun: interrupted" };
    case "nothing": {
      const { judgement, reason } = run.nothing;
      return { name: judgement.container.name, text: `nothing to do any more: ${reason}` };
    }
    case "refused": {
      const { judgement, reason } = run.refusal;
      return { name: judgement.container.name, text: `refused: ${reason}` };
    }
  }
}

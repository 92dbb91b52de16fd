import { formatSpan } from "./duration.ts";
import { blockText } from "./explain.ts";
import type { EpochMs } from "./ids.ts";
import { isDiverged, type Diverged, type Judgement } from "./verdict.ts";

/** What happens next if nobody does anything, in short phrases; empty where nothing does. */
export function nextStep(judgement: Judgement, at: EpochMs): string[] {
  const { ack, hold } = judgement;
  const said = [
    ...(hold ? [`hold ${hold.id} for another ${formatSpan(hold.until - at)}`] : []),
    ...(ack ? [`acknowledged for another ${formatSpan(ack.until - at)}`] : []),
  ];
  if (!isDiverged(judgement)) return said;
  if (judgement.verdict === "pending")
    return [`counts in ${formatSpan(judgement.graceEndsAt - at)}`, ...said];
  const { healBlockedBy: block } = judgement;
  return block === "hold" ? said : [healOf(judgement, at), ...said];
}

function healOf(judgement: Diverged, at: EpochMs): string {
  const { healBlockedBy: block, healReadyAt } = judgement;
  if (block === "mode") return "alert only";
  if (block !== null) return `not healed: ${blockText(block, judgement)}`;
  const wait = healReadyAt - at;
  return wait > 0 ? `healed in ${formatSpan(wait)}, if no newer build comes` : "healed next";
}

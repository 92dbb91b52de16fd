import { isDiverged, type Judgement } from "../../domain/verdict.ts";

/** What a table says, but for what changes with the time alone: two that are equal say the same. */
export function standing(judgements: readonly Judgement[]): string {
  return JSON.stringify(judgements.map(lineOf).sort());
}

function lineOf(judgement: Judgement): string {
  const { container, verdict, running, hold, ack, warnings } = judgement;
  const diverged = isDiverged(judgement) ? judgement : null;
  return JSON.stringify([
    container.name,
    container.id,
    verdict,
    "reasonCode" in judgement ? judgement.reasonCode : null,
    running.id,
    "newest" in judgement ? judgement.newest.id : null,
    diverged?.healBlockedBy,
    hold?.id,
    ack?.until,
    warnings,
  ]);
}

import type { SubjectKey } from "./ids.ts";
import { WORST_FIRST, type Judgement } from "./verdict.ts";

/** While two containers stand for one subject, the worse one speaks for it; ties by ID, so that order is nothing. */
export function worstBySubject(judgements: readonly Judgement[]): Map<SubjectKey, Judgement> {
  const worst = new Map<SubjectKey, Judgement>();
  for (const judgement of judgements) {
    const other = worst.get(judgement.subject);
    if (other === undefined || isWorse(judgement, other)) worst.set(judgement.subject, judgement);
  }
  return worst;
}

function isWorse(a: Judgement, b: Judgement): boolean {
  const difference = WORST_FIRST.indexOf(b.verdict) - WORST_FIRST.indexOf(a.verdict);
  return difference !== 0 ? difference > 0 : a.container.id < b.container.id;
}

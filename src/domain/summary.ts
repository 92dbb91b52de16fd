import { VERDICTS, WORST_FIRST, type Judgement, type VerdictKind } from "./verdict.ts";

/** Those that there are, in the order in which people want to see them. */
export function countsOf(
  judgements: readonly Judgement[],
): readonly { readonly kind: VerdictKind; readonly count: number }[] {
  const summary = summaryOf(judgements);
  return WORST_FIRST.map((kind) => ({ kind, count: summary[kind] })).filter(
    ({ count }) => count > 0,
  );
}

/** How many containers have which verdict. */
export function summaryOf(judgements: readonly Judgement[]): Record<VerdictKind, number> {
  const count = (kind: VerdictKind): number =>
    judgements.filter(({ verdict }) => verdict === kind).length;
  return Object.fromEntries(VERDICTS.map((kind) => [kind, count(kind)])) as Record<
    VerdictKind,
    number
  >;
}

import { VERDICTS, type Judgement, type VerdictKind } from "./verdict.ts";

/** How many containers have which verdict. */
export function summaryOf(judgements: readonly Judgement[]): Record<VerdictKind, number> {
  const count = (kind: VerdictKind): number =>
    judgements.filter(({ verdict }) => verdict === kind).length;
  return Object.fromEntries(VERDICTS.map((kind) => [kind, count(kind)])) as Record<
    VerdictKind,
    number
  >;
}

import type { BreakerNews } from "./news.ts";
import { isDiverged, type Judgement } from "./verdict.ts";

export interface BreakerState {
  /** `heal.breaker`. */
  readonly limit: number;
  /** Whether people know that it has tripped. */
  readonly told: boolean;
}

/** One alert when the breaker trips, and none until it has been in order again. */
export function breakerNews(
  judgements: readonly Judgement[],
  { limit, told }: BreakerState,
): { readonly told: boolean; readonly news: BreakerNews | null } {
  const due = judgements
    .filter(isDiverged)
    .filter(({ healBlockedBy }) => healBlockedBy === "breaker")
    .map(({ container }) => container.name)
    .sort();
  if (due.length === 0) return { told: false, news: null };
  return { told: true, news: told ? null : { kind: "breaker", limit, due } };
}

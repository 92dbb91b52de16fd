import type { EpochMs } from "./ids.ts";
import { isDiverged, type Judgement } from "./verdict.ts";

/** When time alone changes something next: a grace or a hold ends, or a heal becomes due. null: never, as things are. */
export function nextTurn(judgements: readonly Judgement[], now: EpochMs): EpochMs | null {
  const turns = judgements
    .filter(isDiverged)
    .flatMap((one) => [
      one.graceEndsAt,
      ...(one.healBlockedBy === null ? [one.healReadyAt] : []),
      ...(one.hold === null ? [] : [one.hold.until]),
    ]);
  return turns.reduce<EpochMs | null>(
    (next, turn) => (turn > now && (next === null || turn < next) ? turn : next),
    null,
  );
}

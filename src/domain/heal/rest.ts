import type { EpochMs, ImageId, Milliseconds } from "../ids.ts";
import type { HealOutcome } from "./record.ts";

/** How one heal of a subject ended. */
export interface PastHeal {
  readonly outcome: HealOutcome;
  readonly detail: string;
  readonly newest: ImageId;
  readonly closedAt: EpochMs;
}

const LEAST: Milliseconds = 60_000;
const MOST: Milliseconds = 6 * 3_600_000;

/** Until when a subject is left alone after heals of this newest image that came to nothing, or null if it is not. The
 *  wait doubles from the grace up to six hours: what is refused today is refused in five minutes, and every attempt asks
 *  the engine about all containers. `past` is newest first. */
export function restsUntil(
  past: readonly PastHeal[],
  newest: ImageId,
  grace: Milliseconds,
): EpochMs | null {
  const failed = past.findIndex((one) => one.newest !== newest || one.outcome === "healed");
  const failures = failed < 0 ? past.length : failed;
  const last = past[0];
  if (failures === 0 || last === undefined) return null;
  const wait = Math.max(LEAST, grace) * 2 ** (Math.min(failures, 20) - 1);
  return last.closedAt + Math.min(wait, MOST);
}

/** Whether people have heard this very refusal. */
export function isToldRefusal(past: readonly PastHeal[], newest: ImageId, detail: string): boolean {
  const last = past[0];
  return last?.outcome === "refused" && last.newest === newest && last.detail === detail;
}

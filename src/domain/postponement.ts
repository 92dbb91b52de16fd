import type { EpochMs } from "./ids.ts";
import type { Incident } from "./incident.ts";
import type { HealPostponedNews } from "./news.ts";
import { remedyFor } from "./remedy.ts";
import { isDiverged, type Diverged, type Judgement } from "./verdict.ts";

/** A heal waits until no newer build has come for one grace. After this many graces of waiting, people hear of it. */
const TELL_AFTER_GRACES = 4;

export interface Postponement {
  /** As it is now; the very same object where nothing changed. */
  readonly incident: Incident;
  /** What is to be said, once an incident. */
  readonly news: HealPostponedNews | null;
}

/** Keeps count of how long nothing but newer builds has kept the heal of an incident from starting. Time in which a
 *  hold, a closed window or the mode was in the way is nobody's build. */
export function postponement(
  incident: Incident,
  judgement: Judgement | undefined,
  now: EpochMs,
): Postponement {
  if (judgement === undefined || !isDiverged(judgement)) return { incident, news: null };
  const counted = withCount(incident, isWaiting(judgement, now) ? now : null);
  const { postponedSince: since = null, postponementTold: isTold = false } = counted;
  const grace = judgement.graceEndsAt - judgement.divergedSince;
  if (since === null || isTold || now - since < TELL_AFTER_GRACES * grace)
    return { incident: counted, news: null };
  return {
    incident: { ...counted, postponementTold: true },
    news: postponedNews(counted, judgement, now - since),
  };
}

function isWaiting({ verdict, healBlockedBy, healReadyAt }: Diverged, now: EpochMs): boolean {
  return verdict === "stale" && healBlockedBy === null && now < healReadyAt;
}

/** `now` where it waits, null where it does not. */
function withCount(incident: Incident, now: EpochMs | null): Incident {
  const before = incident.postponedSince ?? null;
  if ((before === null) === (now === null)) return incident;
  return { ...incident, postponedSince: now };
}

function postponedNews(
  { id, affected, divergedSince }: Incident,
  judgement: Diverged,
  postponed: number,
): HealPostponedNews {
  const remedy = remedyFor(judgement);
  return { kind: "heal-postponed", incident: id, affected, divergedSince, postponed, remedy };
}

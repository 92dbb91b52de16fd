import type { EpochMs } from "./ids.ts";
import type { Incident } from "./incident.ts";
import type { HealPostponedNews } from "./news.ts";
import { remedyFor } from "./remedy.ts";
import { isDiverged, type Judgement } from "./verdict.ts";

/** A heal waits until no newer build has come for one grace. After this many graces of waiting, people hear of it. */
const TELL_AFTER_GRACES = 4;

/** What is to be said, once an incident, when newer builds keep a heal from starting; else null. */
export function postponement(
  incident: Incident,
  judgement: Judgement | undefined,
  now: EpochMs,
): HealPostponedNews | null {
  if (judgement === undefined || !isDiverged(judgement) || incident.postponementTold === true)
    return null;
  const { healBlockedBy, healReadyAt, firstSeenAt, graceEndsAt, divergedSince } = judgement;
  const grace = graceEndsAt - divergedSince;
  const postponed = now - firstSeenAt;
  const isWaiting = healBlockedBy === null && now < healReadyAt;
  if (!isWaiting || postponed < TELL_AFTER_GRACES * grace) return null;
  const { id, affected } = incident;
  const remedy = remedyFor(judgement);
  return { kind: "heal-postponed", incident: id, affected, divergedSince, postponed, remedy };
}

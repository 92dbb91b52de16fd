import type { EpochMs } from "../ids.ts";
import type { Incident } from "../incident.ts";
import type { HealFailedNews, NewsItem } from "../news.ts";
import { shortId } from "../ids.ts";
import type { HealCase, HealEnd, HealOutcome } from "./record.ts";

/** What a method knows beyond the case, for people. */
export interface HealExtras {
  readonly carried: readonly string[];
  /** Names of the containers that were recreated with it. */
  readonly dependents: readonly string[];
}

export interface HealAccount {
  /** The subject's incident as it is now; null where it does not change. */
  readonly incident: Incident | null;
  readonly news: readonly NewsItem[];
}

/** What the end of a heal means for the subject's open incident, and what is to be said of it. */
export function accountOf(
  record: HealCase,
  end: HealEnd,
  extras: HealExtras,
  incident: Incident | null,
  now: EpochMs,
): HealAccount {
  switch (end.outcome) {
    case "healed":
      return healed(record, end, extras, incident, now);
    case "discarded":
      return { incident: null, news: [] };
    case "refused":
      return {
        incident: null,
        news: [{ kind: "heal-refused", ...about(record, incident), reason: end.detail }],
      };
    case "rolled-back":
    case "failed":
    case "left":
    case "lost":
      return { incident: null, news: [failedNews(record, end, end.outcome, incident)] };
  }
}

function about({ id, affected, divergedSince, remedy }: HealCase, incident: Incident | null) {
  return { incident: incident?.id ?? id, affected, divergedSince, remedy };
}

/** The heal ends the incident: one message tells both. */
function healed(
  record: HealCase,
  { downtime, warnings, detail, outdated = false }: HealEnd,
  extras: HealExtras,
  incident: Incident | null,
  now: EpochMs,
): HealAccount {
  const { incident: id, affected, divergedSince } = about(record, incident);
  const case_ = { incident: id, affected, divergedSince };
  const item: NewsItem = {
    kind: "healed",
    ...case_,
    ...extras,
    heal: record.id,
    downtime,
    warnings,
  };
  // It runs another image, and still not the one that its tag means.
  if (incident === null || outdated) return { incident: null, news: [item] };
  return {
    incident: { ...incident, resolvedAt: now, resolution: "fresh" },
    news: [
      item,
      {
        kind: "resolved",
        ...case_,
        // By the name under which it was told: of a Swarm service that is one task's.
        affected: incident.affected,
        resolution: "fresh",
        detail: `healed: ${detail}`,
        lasted: Math.max(0, now - incident.divergedSince),
      },
    ],
  };
}

type Failed = Extract<HealOutcome, "rolled-back" | "failed" | "left" | "lost">;

const NOW_RUNS: Readonly<Record<Failed, (record: HealCase) => string>> = {
  "rolled-back": ({ affected }) =>
    `the old container runs again, on ${shortId(affected.running.id)}`,
  failed: () => "the replacement is there, but does not work; the old container is gone",
  left: () => "stalewatch keeps its hands off what others did meanwhile",
  lost: () => "nothing of it is left; its definition is kept in the history",
};

/** null where it is simply tried again. */
function nextAfter(outcome: Failed, { by }: HealCase): string | null {
  if (outcome !== "rolled-back")
    return "nothing happens by itself, somebody has to look at what is there";
  return by === "daemon" ? null : "it is tried again later if its mode is heal";
}

function failedNews(
  record: HealCase,
  { detail, quarantine, logs, runsNow = null, remedy = record.remedy }: HealEnd,
  outcome: Failed,
  incident: Incident | null,
): HealFailedNews {
  const next = nextAfter(outcome, record);
  return {
    kind: "heal-failed",
    ...about(record, incident),
    remedy,
    heal: record.id,
    reason: detail,
    outcome: runsNow ?? NOW_RUNS[outcome](record),
    quarantined: quarantine,
    ...(quarantine || next === null ? {} : { next }),
    logs,
  };
}

import { explain } from "./explain.ts";
import type { EpochMs, Milliseconds, SubjectKey } from "./ids.ts";
import { openIncident, refreshed, reminderInterval, type Incident } from "./incident.ts";
import type { HealPostponedNews, NewsItem, ReminderNews, Resolution, StaleNews } from "./news.ts";
import type { ObservedContainer } from "./observation.ts";
import { postponement } from "./postponement.ts";
import { remedyFor } from "./remedy.ts";
import { healSubjectOf, subjectOf } from "./subject.ts";
import { isDiverged, type Diverged, type Judgement } from "./verdict.ts";
import { worstBySubject } from "./worst.ts";

export interface ProgressInput {
  readonly open: readonly Incident[];
  readonly judgements: readonly Judgement[];
  /** In any state: tells a stopped container from a removed one. */
  readonly containers: readonly ObservedContainer[];
  readonly now: EpochMs;
  /** null where it cannot be learned. */
  readonly engineStartedAt: EpochMs | null;
  /** False for a scan right after the wall clock jumped: it opens nothing and takes nothing for gone, the next one
   *  confirms. */
  readonly mayOpen: boolean;
  /** The wait for the first reminder; 0 means none ever. */
  readonly reminder: Milliseconds;
  readonly newId: () => string;
  /** Subjects whose heal is under way: what is seen of them in between is neither an end nor news. */
  readonly healing: ReadonlySet<SubjectKey>;
}

export interface Progress {
  /** Opened, changed and resolved ones as they are now; untouched ones are not in it. */
  readonly changed: readonly Incident[];
  readonly news: readonly NewsItem[];
}

/** Two scans at least this far apart must miss a subject before it counts as gone. */
export const GONE_AFTER: Milliseconds = 60_000;
/** A starting engine brings its containers up one by one: nothing is gone this soon after its start. */
export const ENGINE_SETTLES: Milliseconds = 5 * 60_000;

/** Carries every incident one scan further: opens, refreshes, reminds, resolves. */
export function progress(input: ProgressInput): Progress {
  const worst = worstBySubject(input.judgements);
  const steps = input.open.map((incident) =>
    input.healing.has(healSubjectOf(incident.subject))
      ? goesOn(incident, undefined)
      : waited(step(incident, worst.get(incident.subject), input), input.now),
  );
  const stillOpen = new Set(steps.filter((one) => one.item === null).map((one) => one.now.subject));
  const opened = [...worst.values()]
    .filter((judgement): judgement is Diverged => mayOpen(judgement, stillOpen, input))
    .map((judgement) => opening(judgement, input));
  const remind = reminders(steps, input);
  const asTold = (incident: Incident): Incident => remind.get(incident)?.incident ?? incident;
  return {
    changed: [
      ...steps.map((one) => asTold(one.now)).filter((one, i) => one !== input.open[i]),
      ...opened.map(({ incident }) => incident),
    ],
    news: [
      ...opened.map(({ incident, judgement }) => staleNews(incident, judgement, input.now)),
      ...[...remind.values()].map(({ item }) => item),
      ...steps.flatMap(({ postponed }) => postponed ?? []),
      ...steps.flatMap(({ item }) => (item === null ? [] : [item])),
    ],
  };
}

function opening(
  judgement: Diverged,
  { newId, now, reminder }: ProgressInput,
): { readonly judgement: Diverged; readonly incident: Incident } {
  const opened = openIncident(judgement, newId(), now, reminder);
  return { judgement, incident: postponement(opened, judgement, now).incident };
}

function mayOpen(
  judgement: Judgement,
  stillOpen: ReadonlySet<SubjectKey>,
  input: ProgressInput,
): boolean {
  return (
    input.mayOpen &&
    judgement.verdict === "stale" &&
    judgement.hold === null &&
    !stillOpen.has(judgement.subject) &&
    !input.healing.has(healSubjectOf(judgement.subject))
  );
}

interface Step {
  readonly now: Incident;
  readonly judgement: Judgement | undefined;
  /** What is to be said because it was resolved; null while it goes on. */
  readonly item: NewsItem | null;
  /** What is to be said because newer builds postpone its heal. */
  readonly postponed: HealPostponedNews | null;
}

function goesOn(now: Incident, judgement: Judgement | undefined): Step {
  return { now, judgement, item: null, postponed: null };
}

function waited(one: Step, now: EpochMs): Step {
  if (one.item !== null) return one;
  const { incident, news } = postponement(one.now, one.judgement, now);
  return { ...one, now: incident, postponed: news };
}

function step(incident: Incident, judgement: Judgement | undefined, input: ProgressInput): Step {
  if (judgement === undefined) return missing(incident, input);
  if (judgement.verdict === "fresh") {
    const { newest, container } = judgement;
    return resolve(
      incident,
      judgement,
      "fresh",
      `${container.name} runs ${newest.tag} as built last`,
      input,
    );
  }
  if (judgement.verdict === "excluded")
    return resolve(
      incident,
      judgement,
      "excluded",
      `no longer watched: ${explain(judgement, input.now)}`,
      input,
    );
  if (isDiverged(judgement)) {
    if (judgement.firstSeenAt !== incident.divergence)
      return resolve(
        incident,
        judgement,
        "fresh",
        "it got the newest image, and diverged anew since",
        input,
      );
    return goesOn(refreshed(incident, judgement), judgement);
  }
  // Untracked is not knowing: neither an end nor news. The reminder says what is known.
  const back = incident.goneSince === null ? incident : { ...incident, goneSince: null };
  return goesOn(back, judgement);
}

function missing(incident: Incident, input: ProgressInput): Step {
  const { now, engineStartedAt } = input;
  // Right after a jump of the wall clock, the time since the scan that missed it first is not known: it starts again.
  if (incident.goneSince === null || !input.mayOpen)
    return goesOn({ ...incident, goneSince: now }, undefined);
  const settled = engineStartedAt === null || now - engineStartedAt >= ENGINE_SETTLES;
  if (!settled || now - incident.goneSince < GONE_AFTER) return goesOn(incident, undefined);
  const left = input.containers.some((container) => subjectOf(container) === incident.subject);
  const detail = left ? "its container was stopped" : "its container was removed";
  return resolve(incident, undefined, "gone", detail, input);
}

function resolve(
  incident: Incident,
  judgement: Judgement | undefined,
  resolution: Resolution,
  detail: string,
  { now }: ProgressInput,
): Step {
  const { id, affected, divergedSince } = incident;
  const lasted = Math.max(0, now - divergedSince);
  return {
    now: { ...incident, resolvedAt: now, resolution },
    judgement,
    item: { kind: "resolved", incident: id, affected, divergedSince, resolution, detail, lasted },
    postponed: null,
  };
}

interface Reminder {
  readonly incident: Incident;
  readonly item: ReminderNews;
}

/** When one is due, one reminder carries every open incident that nobody acknowledged, and all of them start their
 *  next, longer wait together. One whose container is missing waits for its end to be certain, one that is being healed
 *  for the end of that. */
function reminders(steps: readonly Step[], input: ProgressInput): Map<Incident, Reminder> {
  const { now, reminder, healing } = input;
  if (reminder === 0) return new Map();
  const open = steps.filter(
    ({ item, now: incident }) =>
      item === null && !isQuiet(incident, now) && !healing.has(healSubjectOf(incident.subject)),
  );
  if (!open.some(({ now: incident }) => incident.nextReminderAt <= now)) return new Map();
  return new Map(
    open.map(({ now: incident, judgement }) => {
      const count = incident.reminders + 1;
      const nextReminderAt = now + reminderInterval(reminder, count);
      return [
        incident,
        {
          incident: { ...incident, reminders: count, nextReminderAt },
          item: reminderNews(incident, judgement, count, now),
        },
      ];
    }),
  );
}

function isQuiet(incident: Incident, now: EpochMs): boolean {
  return incident.goneSince !== null || (incident.ackUntil !== null && incident.ackUntil > now);
}

function staleNews(incident: Incident, judgement: Diverged, now: EpochMs): StaleNews {
  return {
    kind: "stale",
    incident: incident.id,
    affected: incident.affected,
    divergedSince: incident.divergedSince,
    reason: explain(judgement, now),
    rolledBack: judgement.rolledBack,
    mode: judgement.mode,
    healBlockedBy: judgement.healBlockedBy,
    warnings: judgement.warnings.map(({ message }) => message),
    remedy: remedyFor(judgement),
  };
}

function reminderNews(
  incident: Incident,
  judgement: Judgement | undefined,
  count: number,
  now: EpochMs,
): ReminderNews {
  if (judgement !== undefined && isDiverged(judgement))
    return { ...staleNews(incident, judgement, now), kind: "reminder", count };
  const unknown =
    judgement === undefined ? "" : `, and now it cannot be judged: ${explain(judgement, now)}`;
  return {
    kind: "reminder",
    count,
    incident: incident.id,
    affected: incident.affected,
    divergedSince: incident.divergedSince,
    reason: `${incident.reason}${unknown}`,
    rolledBack: incident.rolledBack,
    mode: judgement?.mode ?? "alert",
    healBlockedBy: null,
    warnings: [],
    remedy: null,
  };
}

import { causeOf } from "./explain.ts";
import type { EpochMs, Milliseconds, SubjectKey } from "./ids.ts";
import type { Affected, Resolution } from "./news.ts";
import type { Diverged, Fresh } from "./verdict.ts";

/** One divergence of one subject, from the alert that opened it to its end. */
export interface Incident {
  readonly id: string;
  readonly subject: SubjectKey;
  readonly affected: Affected;
  /** From `causeOf`: without ages, because it is read later. */
  readonly reason: string;
  readonly rolledBack: boolean;
  readonly divergedSince: EpochMs;
  /** `Diverged.firstSeenAt` of the divergence it belongs to: another value is another divergence. */
  readonly divergence: EpochMs;
  readonly openedAt: EpochMs;
  readonly reminders: number;
  readonly nextReminderAt: EpochMs;
  /** No reminders until then. */
  readonly ackUntil: EpochMs | null;
  /** Since when nothing of the subject runs, as far as was seen; null while something does. */
  readonly goneSince: EpochMs | null;
  /** Since when nothing but newer builds keeps its heal from starting; null while anything else does, or nothing. */
  readonly postponedSince?: EpochMs | null;
  /** Whether people know that newer builds postpone its heal. */
  readonly postponementTold?: boolean;
  readonly resolvedAt: EpochMs | null;
  readonly resolution: Resolution | null;
}

/** Where reminders stop growing apart. */
const LONGEST_REMINDER: Milliseconds = 7 * 86_400_000;

/** The base, doubled with every reminder sent, up to a week. */
export function reminderInterval(base: Milliseconds, sent: number): Milliseconds {
  return Math.max(base, Math.min(base * 2 ** Math.min(sent, 20), LONGEST_REMINDER));
}

export function openIncident(
  judgement: Diverged,
  id: string,
  now: EpochMs,
  reminder: Milliseconds,
): Incident {
  return {
    id,
    subject: judgement.subject,
    ...described(judgement),
    divergence: judgement.firstSeenAt,
    openedAt: now,
    reminders: 0,
    nextReminderAt: now + reminderInterval(reminder, 0),
    ackUntil: null,
    goneSince: null,
    resolvedAt: null,
    resolution: null,
  };
}

/** The incident with what is true of its subject now; the very same object when nothing changed. A later container on
 *  yet another old image, or a still newer build, is the same incident. */
export function refreshed(incident: Incident, judgement: Diverged): Incident {
  const before = incident.affected;
  const same =
    before.container === judgement.container.name &&
    before.running.id === judgement.running.id &&
    before.newest.id === judgement.newest.id &&
    before.newest.tag === judgement.newest.tag &&
    incident.rolledBack === judgement.rolledBack;
  if (same && incident.goneSince === null) return incident;
  const { affected, reason, rolledBack } = described(judgement);
  return { ...incident, affected, reason, rolledBack, goneSince: null };
}

function described(
  judgement: Diverged,
): Pick<Incident, "affected" | "reason" | "rolledBack" | "divergedSince"> {
  return {
    affected: affectedBy(judgement),
    reason: causeOf(judgement),
    rolledBack: judgement.rolledBack,
    divergedSince: judgement.divergedSince,
  };
}

export function affectedBy(judgement: Diverged | Fresh): Affected {
  const { container, project, service, reference, running, newest } = judgement;
  return { container: container.name, project, service, reference, running, newest };
}

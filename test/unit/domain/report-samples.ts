import { imageId, subjectKey } from "../../../src/domain/ids.ts";
import type { Incident } from "../../../src/domain/incident.ts";
import { reportOf, type Report, type ReportedHeal } from "../../../src/domain/report/report.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Monday, 8 in the morning. */
export const TO = Date.UTC(2026, 10, 23, 8);
export const FROM = TO - 7 * DAY;

/** An incident of a container, by hours before the report. */
export function past(
  container: string,
  { since, ended }: { readonly since: number; readonly ended: number | null },
): Incident {
  const at = (hours: number): number => TO - hours * HOUR;
  const divergedSince = at(since);
  const resolvedAt = ended === null ? null : at(ended);
  return {
    id: `${container} ${String(since)}`,
    subject: subjectKey(`name:${container}`),
    affected: {
      container,
      project: container.split("-")[0] ?? null,
      service: container.split("-")[1] ?? null,
      reference: `${container}:latest`,
      running: { id: imageId("sha256:1"), createdAt: null },
      newest: { id: imageId("sha256:2"), tag: `${container}:latest`, createdAt: 0, revision: null },
    },
    reason: `${container}:latest was built again`,
    rolledBack: false,
    divergedSince,
    divergence: divergedSince,
    openedAt: divergedSince,
    reminders: 0,
    nextReminderAt: TO,
    ackUntil: null,
    goneSince: null,
    resolvedAt,
    resolution: resolvedAt === null ? null : "fresh",
  };
}

export function pastHeal(
  container: string,
  hours: number,
  more: Partial<ReportedHeal> = {},
): ReportedHeal {
  return {
    container,
    at: TO - hours * HOUR,
    outcome: "healed",
    detail: `runs ${container}:latest as built last`,
    downtime: 1200,
    ...more,
  };
}

export const NOTHING = {
  engine: "host-1",
  from: FROM,
  to: TO,
  judgements: null,
  incidents: [],
  heals: [],
  scans: { done: 2016, failed: 0, missed: 0 },
  delivery: { deadLetters: 0, waiting: 0, oldestWaiting: null },
};

/** A week with something of everything. */
export function weekReport(): Report {
  return {
    ...reportOf({
      ...NOTHING,
      incidents: [
        past("infra2-web-1", { since: 150, ended: 148 }),
        past("infra2-web-1", { since: 30, ended: null }),
        past("infra2-api-1", { since: 100, ended: 52 }),
        past("shop-cron-1", { since: 20, ended: 19 }),
      ],
      heals: [
        pastHeal("infra2-web-1", 148),
        pastHeal("infra2-api-1", 80, {
          outcome: "rolled-back",
          detail: "it exited with code 3",
          downtime: null,
        }),
        pastHeal("shop-cron-1", 19),
      ],
      scans: { done: 2009, failed: 4, missed: 3 },
      delivery: { deadLetters: 1, waiting: 0, oldestWaiting: null },
    }),
    watched: { fresh: 41, pending: 1, stale: 1, untracked: 2, excluded: 3 },
  };
}

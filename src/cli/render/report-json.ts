import type { Milliseconds } from "../../domain/ids.ts";
import type { Report } from "../../domain/report/report.ts";
import { iso, isoOrNull } from "../../status/documents/times.ts";

/** The document of `report --json`. Keys are stable: people script against them. */
export function reportDocument(report: Report) {
  const { engine, from, to, watched, opened, resolved, lasted, scans, delivery } = report;
  return {
    schemaVersion: 1,
    engine: { name: engine },
    from: iso(from),
    to: iso(to),
    summary: watched,
    staleNow: report.staleNow.map(({ since, ...one }) => ({ ...one, divergedSince: iso(since) })),
    incidents: {
      opened,
      resolved,
      medianSeconds: lasted && seconds(lasted.median),
      worstSeconds: lasted && seconds(lasted.worst),
    },
    heals: report.heals.map(({ container, at, outcome, detail, downtime }) => ({
      container,
      at: iso(at),
      outcome,
      detail,
      downtimeSeconds: downtime === null ? null : seconds(downtime),
    })),
    containers: report.containers.map(({ container, project, diverged, divergedFor, heals }) => ({
      container,
      project,
      divergedSeconds: seconds(divergedFor),
      diverged: diverged.map((span) => ({ from: iso(span.from), to: iso(span.to) })),
      heals: heals.map(({ at, healed }) => ({ at: iso(at), healed })),
    })),
    scans,
    delivery: {
      deadLetters: delivery.deadLetters,
      waiting: delivery.waiting,
      oldestWaitingSince: isoOrNull(delivery.oldestWaiting),
    },
  };
}

function seconds(length: Milliseconds): number {
  return length / 1000;
}

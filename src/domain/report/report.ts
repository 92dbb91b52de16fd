import type { HealOutcome } from "../heal/record.ts";
import type { EpochMs, Milliseconds } from "../ids.ts";
import type { Incident } from "../incident.ts";
import {
  isDiverged,
  VERDICTS,
  type HealBlock,
  type Judgement,
  type VerdictKind,
} from "../verdict.ts";
import { explain } from "../explain.ts";
import { histories, type ContainerHistory } from "./history.ts";

/** Scans of a period. */
export interface ScanTally {
  readonly done: number;
  /** The engine gave no answer. */
  readonly failed: number;
  /** The host slept, was busy, or the scan before was still under way. */
  readonly missed: number;
}

/** A heal as the report counts it. */
export interface ReportedHeal {
  readonly container: string;
  readonly at: EpochMs;
  /** null while it is under way. */
  readonly outcome: HealOutcome | null;
  readonly detail: string;
  readonly downtime: Milliseconds | null;
}

export interface StaleNow {
  readonly container: string;
  readonly project: string | null;
  readonly service: string | null;
  readonly since: EpochMs;
  readonly reason: string;
  readonly healBlockedBy: HealBlock | null;
}

export interface Report {
  readonly engine: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Containers by verdict at its end; null where the engine could not be asked. */
  readonly watched: Readonly<Record<VerdictKind, number>> | null;
  /** Longest first. */
  readonly staleNow: readonly StaleNow[];
  readonly opened: number;
  readonly resolved: number;
  /** How long the divergences that ended in the period had lasted; null when none did. */
  readonly lasted: { readonly median: Milliseconds; readonly worst: Milliseconds } | null;
  readonly heals: readonly ReportedHeal[];
  /** Of those with an incident or a heal in the period, worst first. */
  readonly containers: readonly ContainerHistory[];
  readonly scans: ScanTally;
  readonly delivery: {
    /** Messages that were given up. */
    readonly deadLetters: number;
    readonly waiting: number;
    readonly oldestWaiting: EpochMs | null;
  };
}

export interface ReportInput {
  readonly engine: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** null where the engine could not be asked. */
  readonly judgements: readonly Judgement[] | null;
  /** Open at any time of the period. */
  readonly incidents: readonly Incident[];
  readonly heals: readonly ReportedHeal[];
  readonly scans: ScanTally;
  readonly delivery: Report["delivery"];
}

/** What happened in a period, and how things are at its end. Pure. */
export function reportOf(input: ReportInput): Report {
  const { engine, from, to, judgements, heals, scans, delivery } = input;
  const incidents = input.incidents.filter(
    ({ openedAt, resolvedAt }) => openedAt <= to && (resolvedAt ?? to) >= from,
  );
  return {
    engine,
    from,
    to,
    watched: judgements && counted(judgements),
    staleNow: judgements === null ? staleByIncidents(incidents) : staleByVerdict(judgements, to),
    opened: incidents.filter(({ openedAt }) => openedAt >= from).length,
    resolved: incidents.filter(({ resolvedAt }) => resolvedAt !== null).length,
    lasted: spread(
      incidents.flatMap(({ resolvedAt, divergedSince }) =>
        resolvedAt === null ? [] : [Math.max(0, resolvedAt - divergedSince)],
      ),
    ),
    heals,
    containers: histories(incidents, heals, from, to),
    scans,
    delivery,
  };
}

function counted(judgements: readonly Judgement[]): Record<VerdictKind, number> {
  const count = (kind: VerdictKind): number =>
    judgements.filter(({ verdict }) => verdict === kind).length;
  return Object.fromEntries(VERDICTS.map((kind) => [kind, count(kind)])) as Record<
    VerdictKind,
    number
  >;
}

function staleByVerdict(judgements: readonly Judgement[], now: EpochMs): readonly StaleNow[] {
  return judgements
    .filter(isDiverged)
    .filter(({ verdict }) => verdict === "stale")
    .map((one) => ({
      container: one.container.name,
      project: one.project,
      service: one.service,
      since: one.divergedSince,
      reason: explain(one, now),
      healBlockedBy: one.healBlockedBy,
    }))
    .sort(longestFirst);
}

/** As last seen. */
function staleByIncidents(incidents: readonly Incident[]): readonly StaleNow[] {
  return incidents
    .filter(({ resolvedAt }) => resolvedAt === null)
    .map(({ affected, divergedSince, reason }) => ({
      container: affected.container,
      project: affected.project,
      service: affected.service,
      since: divergedSince,
      reason,
      healBlockedBy: null,
    }))
    .sort(longestFirst);
}

function longestFirst(a: StaleNow, b: StaleNow): number {
  return a.since - b.since || (a.container < b.container ? -1 : 1);
}

function spread(lengths: readonly Milliseconds[]): Report["lasted"] {
  if (lengths.length === 0) return null;
  const sorted = lengths.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return { median: (lower + upper) / 2, worst: sorted.at(-1) ?? 0 };
}

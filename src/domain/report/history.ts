import type { EpochMs, Milliseconds } from "../ids.ts";
import type { Incident } from "../incident.ts";
import type { ReportedHeal } from "./report.ts";

/** A stretch of time in which a container was diverged. */
export interface DivergedSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface HealMark {
  readonly at: EpochMs;
  readonly healed: boolean;
}

/** One container over a period. */
export interface ContainerHistory {
  readonly container: string;
  readonly project: string | null;
  /** In order, without overlaps, within the period. */
  readonly diverged: readonly DivergedSpan[];
  readonly divergedFor: Milliseconds;
  /** Of the period: from 0 to 1. */
  readonly divergedShare: number;
  readonly heals: readonly HealMark[];
}

/** Of every container with an incident or a heal in the period: the one that was diverged longest first. */
export function histories(
  incidents: readonly Incident[],
  heals: readonly ReportedHeal[],
  from: EpochMs,
  to: EpochMs,
): readonly ContainerHistory[] {
  const projects = new Map<string, string | null>(heals.map(({ container }) => [container, null]));
  for (const { affected } of incidents) projects.set(affected.container, affected.project);
  return [...projects]
    .map(([container, project]) => {
      const spans = incidents
        .filter(({ affected }) => affected.container === container)
        .map(({ divergedSince, resolvedAt }) => ({
          from: Math.max(from, divergedSince),
          to: Math.min(to, resolvedAt ?? to),
        }));
      const diverged = merged(spans.filter((span) => span.to > span.from));
      const divergedFor = diverged.reduce((sum, span) => sum + span.to - span.from, 0);
      return {
        container,
        project,
        diverged,
        divergedFor,
        divergedShare: to > from ? divergedFor / (to - from) : 0,
        heals: heals
          .filter((heal) => heal.container === container && heal.outcome !== null)
          .map(({ at, outcome }) => ({ at, healed: outcome === "healed" })),
      };
    })
    .sort((a, b) => b.divergedFor - a.divergedFor || (a.container < b.container ? -1 : 1));
}

function merged(spans: readonly DivergedSpan[]): DivergedSpan[] {
  const result: DivergedSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to) result.push(span);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return result;
}

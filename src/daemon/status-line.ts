import type { EpochMs } from "../domain/ids.ts";
import type { Outage } from "../domain/outage.ts";
import { summaryOf } from "../domain/summary.ts";
import type { Judgement } from "../domain/verdict.ts";

export interface StatusParts {
  /** null: it failed, or there was none yet. */
  readonly scan: { readonly engine: string; readonly judgements: readonly Judgement[] } | null;
  /** Counted, but for a scan's failure of another kind. */
  readonly outage: Outage | null;
  /** A changed configuration was not taken over. */
  readonly isConfigBroken: boolean;
  readonly next: EpochMs | null;
}

/** The daemon's state in one line: the last result, and when there will be another. Times are UTC. */
export function statusLine({ scan, outage, isConfigBroken, next }: StatusParts): string {
  return [
    scan === null ? failure(outage) : result(scan),
    ...(isConfigBroken ? ["the changed configuration is broken and not in force"] : []),
    next === null ? "no further scan is planned" : `next scan ${time(next)}`,
  ].join("; ");
}

function result({ engine, judgements }: NonNullable<StatusParts["scan"]>): string {
  const { stale, pending, ...rest } = summaryOf(judgements);
  const others = Object.entries(rest).filter(([, count]) => count > 0);
  const counts = Object.entries({ stale, pending, ...Object.fromEntries(others) });
  return `${engine}: ${counts.map(([kind, count]) => `${count} ${kind}`).join(", ")}`;
}

function failure(outage: Outage | null): string {
  return outage === null
    ? "the last scan failed: the log says why"
    : `no answer from the engine since ${time(outage.since)}`;
}

function time(at: EpochMs): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

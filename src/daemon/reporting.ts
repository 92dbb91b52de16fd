import type { EpochMs } from "../domain/ids.ts";
import type { EngineIdentity } from "../domain/observation.ts";
import { reportOf, type Report, type ReportedHeal } from "../domain/report/report.ts";
import type { Judgement } from "../domain/verdict.ts";
import type { HealRow } from "../state/heal-table.ts";
import type { State } from "../state/state.ts";

export interface ReportSources {
  readonly state: State;
  /** null: the one that was last seen. */
  readonly engine: Pick<EngineIdentity, "id" | "name"> | null;
  /** null where it could not be asked. */
  readonly judgements: readonly Judgement[] | null;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** A report of what the state knows. */
export function collectReport({ state, engine, judgements, from, to }: ReportSources): Report {
  const known = engine ?? state.lastEngine();
  const { count, oldest } = state.waiting();
  return reportOf({
    engine: known?.name ?? "an engine that was never seen",
    from,
    to,
    judgements,
    incidents: known === null ? [] : state.incidents(known.id, from),
    heals: known === null ? [] : state.heals.since(known.id, from).map(reported),
    scans: state.tallySince(from),
    delivery: {
      deadLetters: state.deadLetters(from).length,
      waiting: count,
      oldestWaiting: oldest,
    },
  });
}

function reported({ record, end, openedAt }: HealRow): ReportedHeal {
  return {
    container: record.container,
    at: openedAt,
    outcome: end?.outcome ?? null,
    detail: end?.detail ?? "",
    downtime: end?.downtime ?? null,
  };
}

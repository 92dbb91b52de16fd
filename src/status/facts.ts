import { createHash } from "node:crypto";
import type { EngineId, EpochMs, Milliseconds, SubjectKey } from "../domain/ids.ts";
import type { Incident } from "../domain/incident.ts";
import type { Stretch } from "../domain/timeline/timeline.ts";
import type { Turn } from "../domain/timeline/turns.ts";
import type { HealRow } from "../state/heal-table.ts";
import type { DeadLetter } from "../state/outbox-table.ts";
import type { Sight } from "./sight.ts";
import type { LastDeliveries } from "./tallies.ts";

/** How far the page looks back. */
export const LOOK_BACK: Milliseconds = 7 * 86_400_000;

/** What the page asks the state for: `State` has it. */
export interface PastSource {
  readonly heals: { since(engine: EngineId, since: EpochMs): readonly HealRow[] };
  /** The one that was last seen, by whichever process. */
  lastEngine(): { readonly id: EngineId } | null;
  incidents(engine: EngineId, since: EpochMs): readonly Incident[];
  deadLetters(since: EpochMs): readonly DeadLetter[];
  waiting(): { readonly count: number; readonly oldest: EpochMs | null };
  turnsSince(engine: EngineId, since: EpochMs): readonly Turn[];
  watchesSince(since: EpochMs): readonly Stretch[];
  healingOff(): string | null;
}

/** All that the page shows, as it was at one moment. Newest first where there is an order. */
export interface Facts {
  readonly sight: Sight;
  readonly incidents: readonly Incident[];
  readonly heals: readonly HealRow[];
  readonly letters: readonly DeadLetter[];
  readonly waiting: { readonly count: number; readonly oldest: EpochMs | null };
  /** A copy: what this process has seen so far. */
  readonly deliveries: LastDeliveries;
  readonly turns: ReadonlyMap<SubjectKey, readonly Turn[]>;
  readonly watched: readonly Stretch[];
  /** The damaged state that was set aside, as long as healing is off for it. */
  readonly healingOff: string | null;
}

export function collectFacts(
  sight: Sight,
  past: PastSource,
  deliveries: LastDeliveries,
  now: EpochMs,
): Facts {
  const since = now - LOOK_BACK;
  const engine = (sight.scan?.engine ?? past.lastEngine())?.id ?? null;
  const own = <T>(list: (engine: EngineId) => readonly T[]): readonly T[] =>
    engine === null ? [] : list(engine);
  return {
    sight,
    incidents: own((id) => past.incidents(id, since)),
    heals: own((id) => past.heals.since(id, since)),
    letters: past.deadLetters(since),
    waiting: past.waiting(),
    deliveries: new Map(deliveries),
    turns: Map.groupBy(
      own((id) => past.turnsSince(id, since)),
      ({ subject }) => subject,
    ),
    watched: withCurrent(past.watchesSince(since), sight, now),
    healingOff: past.healingOff(),
  };
}

/** The stretch that goes on, with what is noted of it already: up to the next scan it is watched. */
function withCurrent(
  noted: readonly Stretch[],
  { watching, nextScanAt }: Sight,
  now: EpochMs,
): readonly Stretch[] {
  if (watching === null) return noted;
  const to = Math.min(now, Math.max(watching.to, nextScanAt ?? watching.to));
  return [...noted.filter(({ from }) => from !== watching.from), { from: watching.from, to }];
}

/** Changes when something changes that the page shows, and not because time goes by or a scan found all as before. */
export function versionOf(facts: Facts): string {
  const { sight, incidents, heals, letters, waiting, deliveries, healingOff } = facts;
  const { scan, cycle, channels, degraded, engineName, outageSince } = sight;
  const shown = {
    scan: scan && [scan.engine.id, scan.engine.name, scan.judgements],
    failure: cycle?.failure ?? null,
    sight: [channels, degraded, engineName, outageSince, healingOff],
    incidents,
    heals: heals.map(({ id, steps, end }) => [id, steps, end]),
    letters: letters.map(({ id }) => id),
    waiting,
    deliveries: [...deliveries],
  };
  return createHash("sha256").update(JSON.stringify(shown)).digest("base64url").slice(0, 16);
}

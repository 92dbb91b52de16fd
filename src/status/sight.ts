import type { EpochMs } from "../domain/ids.ts";
import type { EngineIdentity } from "../domain/observation.ts";
import type { Stretch } from "../domain/timeline/timeline.ts";
import type { Judgement } from "../domain/verdict.ts";

/** What the daemon shows of itself after every scan. Immutable: whoever is looking at one goes on looking at it. */
export interface Sight {
  /** The program's own. */
  readonly version: string;
  /** When the process began to watch. */
  readonly startedAt: EpochMs;
  /** What the configuration calls the engine, or where it is. */
  readonly engineName: string;
  /** The last scan that succeeded; null before the first. */
  readonly scan: {
    readonly engine: EngineIdentity;
    readonly judgements: readonly Judgement[];
    readonly at: EpochMs;
  } | null;
  /** The last scan, whether or not it succeeded; null before the first has ended. */
  readonly cycle: {
    readonly startedAt: EpochMs;
    readonly endedAt: EpochMs;
    /** Why it failed; null where it did not. */
    readonly failure: string | null;
  } | null;
  /** Since when the engine gives no answer; null while it does. */
  readonly outageSince: EpochMs | null;
  /** null: the schedule never fires again. */
  readonly nextScanAt: EpochMs | null;
  /** Since when scans succeed without a break, up to the last. */
  readonly watching: Stretch | null;
  /** Whom messages go to. */
  readonly channels: readonly string[];
  /** Why the state is not written; null where it is. */
  readonly degraded: string | null;
}

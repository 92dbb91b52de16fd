import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import type { GateSettings } from "../../../src/domain/heal/gate-limits.ts";
import type { HealEnd, HealRecord } from "../../../src/domain/heal/record.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { HealParts } from "../../../src/heal/parts.ts";
import { recoverHeal } from "../../../src/heal/recover.ts";
import { runHeal } from "../../../src/heal/transaction.ts";
import { State } from "../../../src/state/state.ts";
import {
  IMMORTAL,
  Killed,
  mortalEngine,
  mortalLease,
  type Watched,
} from "../../harness/heal/mortal.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import type { HealStage } from "./stage.ts";

const NEVER = new AbortController().signal;
const SILENT = (): { incident: null; postings: [] } => ({ incident: null, postings: [] });

export interface HealerOptions {
  /** Made before; default: now. */
  readonly record?: HealRecord;
  readonly life?: Watched;
  readonly signal?: AbortSignal;
  readonly gate?: Partial<GateSettings>;
  /** Default: none, for nobody else is at work. */
  readonly vigil?: number;
  /** Around the stage's own. */
  readonly engine?: (engine: HealEngine) => HealEngine;
}

/** Processes that heal one stage, one after the other, on one state directory. */
export interface Healers {
  /** A heal until it ends, or null where it is killed. */
  heal(options?: HealerOptions): Promise<HealEnd | null>;
  /** The next process: it finishes or undoes what it finds, or is killed itself. */
  recover(options?: HealerOptions): Promise<HealEnd | null>;
  /** How heals that the journal has closed have ended. */
  ends(): HealEnd[];
  /** How many the journal holds open. */
  open(): number;
  readonly directory: string;
  remove(): void;
}

export function healersOf(stage: Pick<HealStage, "healEngine" | "record">): Healers {
  const folder = temporaryDirectory();
  const engineId = stage.healEngine.identity.id;
  const withState = async <T>(work: (state: State) => T | Promise<T>): Promise<T> => {
    const state = new State({ directory: folder.path, mayReplace: true, now: () => new Date() });
    try {
      return await work(state);
    } finally {
      state.close();
    }
  };
  const withStateNow = <T>(work: (state: State) => T): T => {
    const state = new State({ directory: folder.path, mayReplace: true, now: () => new Date() });
    try {
      return work(state);
    } finally {
      state.close();
    }
  };
  const parts = ({
    life = IMMORTAL,
    gate,
    vigil = 0,
    engine = (one) => one,
  }: HealerOptions): HealParts => ({
    engine: mortalEngine(engine(stage.healEngine), life),
    clock: SYSTEM_CLOCK,
    gate: { settle: 50, healthTimeout: 5000, ...gate },
    vigil,
  });
  return {
    heal: (options = {}) =>
      withState(async (state) => {
        const { life = IMMORTAL, signal = NEVER } = options;
        const lease = mortalLease(
          state.heals.open(options.record ?? (await stage.record()), SILENT),
          life,
        );
        return untilKilled(life, () => runHeal(lease, parts(options), signal));
      }),
    recover: (options = {}) =>
      withState(async (state) => {
        const { life = IMMORTAL, signal = NEVER } = options;
        let end: HealEnd | null = null;
        for (const row of state.heals.interrupted(engineId)) {
          const lease = mortalLease(state.heals.resume(row, SILENT), life);
          end = await untilKilled(life, () => recoverHeal(lease, parts(options), signal));
        }
        return end;
      }),
    ends: () =>
      withStateNow(({ heals }) => heals.since(engineId, 0).flatMap(({ end }) => end ?? [])),
    open: () => withStateNow(({ heals }) => heals.interrupted(engineId).length),
    directory: folder.path,
    remove: () => {
      folder.remove();
    },
  };
}

async function untilKilled<T>(life: Watched, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Killed || life.diedAt() !== null) return null;
    throw error;
  }
}

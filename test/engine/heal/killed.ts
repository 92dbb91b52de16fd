import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import type { HealParts } from "../../../src/heal/parts.ts";
import { recoverHeal } from "../../../src/heal/recover.ts";
import { runHeal } from "../../../src/heal/transaction.ts";
import { State } from "../../../src/state/state.ts";
import { temporaryDirectory } from "../../harness/program.ts";
import { Killed, mortalEngine, mortalLease, type Life } from "../../harness/heal/mortal.ts";
import type { HealStage } from "./stage.ts";

const NEVER = new AbortController().signal;
const SILENT = (): { incident: null; postings: [] } => ({ incident: null, postings: [] });
const GATE = { settle: 50, healthTimeout: 5000 };

/** Processes that heal one stage, one after the other, on one state directory. */
export interface Healers {
  /** A heal until it ends or is killed. */
  heal(life: Life): Promise<void>;
  /** The next process: it finishes or undoes what it finds, or is killed itself. */
  recover(life: Life): Promise<void>;
  remove(): void;
}

export function healersOf(stage: HealStage): Healers {
  const folder = temporaryDirectory();
  const withState = async (work: (state: State) => Promise<void>): Promise<void> => {
    const state = new State({
      directory: folder.path,
      mayReplace: true,
      now: () => new Date(),
    });
    try {
      await work(state);
    } finally {
      state.close();
    }
  };
  const parts = (life: Life): HealParts => ({
    engine: mortalEngine(stage.healEngine, life),
    clock: SYSTEM_CLOCK,
    gate: GATE,
  });
  return {
    heal: (life) =>
      withState(async (state) => {
        const lease = mortalLease(state.heals.open(await stage.record(), SILENT), life);
        await untilKilled(life, () => runHeal(lease, parts(life), NEVER));
      }),
    recover: (life) =>
      withState(async (state) => {
        for (const row of state.heals.interrupted(stage.healEngine.identity.id)) {
          const lease = mortalLease(state.heals.resume(row, SILENT), life);
          await untilKilled(life, () => recoverHeal(lease, parts(life), NEVER));
        }
      }),
    remove: () => {
      folder.remove();
    },
  };
}

async function untilKilled(life: Life, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed) && life.diedAt() === null) throw error;
  }
}

import { SYSTEM_CLOCK } from "../../../../src/daemon/clock.ts";
import type { ComposeCommands } from "../../../../src/heal/compose/commands.ts";
import type {
  ComposeHealRecord,
  ComposeLease,
  ComposeParts,
} from "../../../../src/heal/compose/record.ts";
import { recoverComposeHeal } from "../../../../src/heal/compose/recover.ts";
import { runComposeHeal } from "../../../../src/heal/compose/run.ts";
import { State } from "../../../../src/state/state.ts";
import { temporaryDirectory } from "../../../harness/program.ts";
import { Killed, mortalEngine, type Life } from "../../../harness/heal/mortal.ts";
import type { ComposeStage } from "./stage.ts";

const NEVER = new AbortController().signal;
const SILENT = (): { incident: null; postings: [] } => ({ incident: null, postings: [] });
const GATE = { settle: 50, healthTimeout: 5000 };

/** Processes that heal one stage through Compose, one after the other, on one state directory. */
export interface ComposeHealers {
  /** A heal until it ends or is killed. */
  heal(life: Life): Promise<void>;
  /** The next process: it finishes or undoes what it finds, or is killed itself. */
  recover(life: Life): Promise<void>;
  remove(): void;
}

export function composeHealersOf(
  stage: ComposeStage,
  commands: ComposeCommands = stage.commands,
): ComposeHealers {
  const folder = temporaryDirectory();
  const withState = async (work: (state: State) => Promise<void>): Promise<void> => {
    const state = new State({ directory: folder.path, mayReplace: true, now: () => new Date() });
    try {
      await work(state);
    } finally {
      state.close();
    }
  };
  const parts = (life: Life): ComposeParts => ({
    engine: mortalEngine(stage.healEngine, life),
    commands: mortalCommands(commands, life),
    clock: SYSTEM_CLOCK,
    gate: GATE,
  });
  return {
    heal: (life) =>
      withState(async ({ heals }) => {
        const record = await stage.record();
        const lease: ComposeLease = heals.openFor(record, "open", SILENT);
        await untilKilled(life, () => runComposeHeal(mortalLease(lease, life), parts(life), NEVER));
      }),
    recover: (life) =>
      withState(async ({ heals }) => {
        for (const row of heals.interrupted(stage.healEngine.identity.id)) {
          const lease = heals.resumeFor<ComposeHealRecord, ComposeLease["phase"]>(row, SILENT);
          const mortal = mortalLease(lease, life);
          await untilKilled(life, () => recoverComposeHeal(mortal, parts(life), NEVER));
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

/** Compose itself goes on when the process that started it is killed. */
function mortalCommands(commands: ComposeCommands, { step }: Life): ComposeCommands {
  return {
    async run(command, options, signal) {
      step("before Compose");
      const end = await commands.run(command, options, signal);
      step("after Compose");
      return end;
    },
    async settled(mark, patience) {
      step("before Compose has settled");
      await commands.settled(mark, patience);
    },
  };
}

function mortalLease(lease: ComposeLease, { step }: Life): ComposeLease {
  return {
    record: lease.record,
    get phase() {
      return lease.phase;
    },
    enter(phase) {
      step(`enter ${phase}`);
      lease.enter(phase);
    },
    close(end) {
      step(`close ${end.outcome}`);
      lease.close(end);
    },
  };
}

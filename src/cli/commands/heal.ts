import { createInterface } from "node:readline/promises";
import { messageOf, StalewatchError } from "../../domain/error.ts";
import type { Settings } from "../../config/settings.ts";
import { recoverHeals, type ReadyHeal } from "../../heal/healer.ts";
import type { State } from "../../state/state.ts";
import {
  patientInterruption,
  loadedConfig,
  note,
  outputWidth,
  print,
  printJson,
  type GlobalOptions,
} from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { commandHealer } from "../command-healer.ts";
import { withHealLock } from "../heal-lock.ts";
import { healExit, outcomeOf } from "../heal-outcome.ts";
import { planCommand, type CommandPlan, type Planner } from "../heal-plan.ts";
import { passedOver, runPlan, type HealRun } from "../heal-runs.ts";
import { openState } from "../opened-state.ts";
import { healDocument } from "../render/heal-json.ts";
import { healPlanText } from "../render/heal-plan.ts";
import { progressView, type ProgressView } from "../render/heal-progress.ts";
import { styleFor } from "../render/style.ts";
import { makeStateDirectory } from "../state-directory.ts";

export interface HealOptions extends GlobalOptions {
  readonly names: readonly string[];
  readonly project?: string;
  readonly service?: readonly string[];
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** Recreates what is stale, or what was named, and says what became of it. */
export async function heal(options: HealOptions): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  const signal = patientInterruption();
  const state = await journal(settings);
  const view = progressView(process.stderr);
  try {
    const parts = {
      ...(await commandHealer(settings, state, signal, view.step)),
      ended: view.ended,
    };
    const planner: Planner = { settings, state, parts, selection: options };
    return await new HealCommand(options, planner, view, signal).run();
  } finally {
    view.close();
    state.close();
  }
}

/** No journal, no heal: unlike a look, this makes the state where there is none. */
async function journal(settings: Settings): Promise<State> {
  try {
    makeStateDirectory(settings);
  } catch (cause) {
    throw new StalewatchError(
      "STATE_UNUSABLE",
      `a heal needs its journal, and ${settings.state} cannot be made: ${messageOf(cause)}`,
      { hint: "run as root once, or name a directory of your own in STALEWATCH_STATE", cause },
    );
  }
  const state = await openState(settings.state);
  const damaged = state.healingOff();
  if (damaged === null) return state;
  state.close();
  throw new StalewatchError(
    "HEALING_OFF",
    `healing is off: a damaged state was set aside as ${damaged}`,
    {
      hint: "`stalewatch doctor --repair` looks for what heals left behind, and turns it on again",
    },
  );
}

class HealCommand {
  readonly #options: HealOptions;
  readonly #planner: Planner;
  readonly #view: ProgressView;
  readonly #signal: AbortSignal;

  constructor(options: HealOptions, planner: Planner, view: ProgressView, signal: AbortSignal) {
    this.#options = options;
    this.#planner = planner;
    this.#view = view;
    this.#signal = signal;
  }

  async run(): Promise<ExitCode> {
    const { json, dryRun } = this.#options;
    const isCutOff = this.#interrupted();
    if (isCutOff && !dryRun) await this.#locked(() => this.#recover());
    const plan = await planCommand(this.#planner, null, this.#signal);
    if (!json) print(this.#planText(plan));
    const isRun = !dryRun && plan.ready.length > 0;
    if (isRun && !(await this.#mayGo())) {
      note("nothing was changed");
      return EXIT.critical;
    }
    const runs = isRun ? await this.#locked(() => this.#heal(plan.ready)) : [];
    if (json) this.#printJson(plan, runs);
    return healExit(plan, runs);
  }

  #interrupted(): boolean {
    const { book, engine } = this.#planner.parts;
    return book.interrupted(engine.identity.id).length > 0;
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withHealLock(this.#planner.settings.state, this.#signal, work);
  }

  /** Only under the lock is an open heal one that was cut off: else somebody is at it. */
  async #recover(): Promise<void> {
    if (!this.#interrupted()) return;
    note("a heal was cut off: finishing or undoing it first");
    await recoverHeals(this.#planner.parts, this.#signal);
  }

  async #heal(ready: readonly ReadyHeal[]): Promise<readonly HealRun[]> {
    await this.#recover();
    return runPlan(ready, this.#planner, this.#signal, (run) => {
      const passed = passedOver(run);
      if (passed !== null) this.#view.said(passed.name, passed.text);
    });
  }

  #planText(plan: CommandPlan): string {
    return healPlanText({
      ...plan,
      engine: this.#planner.parts.engine.identity.name,
      width: outputWidth(),
      style: styleFor(process.stdout, this.#options.color),
    });
  }

  /** A person at a terminal sees the plan before anything happens; a script has decided already. */
  async #mayGo(): Promise<boolean> {
    if (this.#options.yes || this.#options.json || !process.stdin.isTTY) return true;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await terminal.question("\nGo ahead? [y/N] ", { signal: this.#signal });
      return /^y(?:es)?$/i.test(answer.trim());
    } catch (error) {
      this.#signal.throwIfAborted();
      // Ctrl-C and Ctrl-D are answers, too.
      if (!(error instanceof Error) || error.name !== "AbortError") throw error;
      process.stderr.write("\n");
      return false;
    } finally {
      terminal.close();
    }
  }

  #printJson(plan: CommandPlan, runs: readonly HealRun[]): void {
    const { engine } = this.#planner.parts;
    const at = Date.now();
    const { dryRun } = this.#options;
    printJson(healDocument({ engine: engine.identity, dryRun, at, ...outcomeOf(plan, runs) }));
  }
}

import { createInterface } from "node:readline/promises";
import { messageOf, StalewatchError } from "../../domain/error.ts";
import type { Settings } from "../../config/settings.ts";
import { openHeals, recoverHeals, type PlanParts, type ReadyHeal } from "../../heal/healer.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import { terminal } from "../../notify/encode/terminal.ts";
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
import { volatileLedger } from "../../daemon/volatile-ledger.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { commandHealer, commandPlanner } from "../command-healer.ts";
import { withHealLock } from "../heal-lock.ts";
import { healExit, outcomeOf, worseOf } from "../heal-outcome.ts";
import { planCommand, type CommandPlan } from "../heal-plan.ts";
import { passedOver, runPlan, type HealRun, type Runner } from "../heal-runs.ts";
import { openState, openStateIfThere } from "../opened-state.ts";
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
  return options.dryRun ? dryRun(options, settings, signal) : realRun(options, settings, signal);
}

/** Says what would run, and leaves nothing behind. */
async function dryRun(
  options: HealOptions,
  settings: Settings,
  signal: AbortSignal,
): Promise<ExitCode> {
  const state = await openStateIfThere(settings.state);
  try {
    if (state !== null) refuseDamaged(state);
    const ledger = state ?? volatileLedger();
    const parts = await commandPlanner(settings, signal);
    const { engine } = parts;
    const open = (): PlanParts["open"] =>
      state === null ? [] : openHeals({ engine, book: state.heals });
    for (const { container } of open())
      note(
        `the heal of ${container} is not over: one that was cut off is finished or undone first`,
      );
    const plan = await planCommand(
      { settings, ledger, parts, open, selection: options },
      null,
      signal,
    );
    if (options.json) printResult(options, engine, plan, []);
    else print(planText(options, engine, plan));
    return healExit(plan, []);
  } finally {
    state?.close();
  }
}

async function realRun(
  options: HealOptions,
  settings: Settings,
  signal: AbortSignal,
): Promise<ExitCode> {
  const state = await journal(settings);
  const view = progressView(process.stderr);
  try {
    const parts = {
      ...(await commandHealer(settings, state, signal, view.step)),
      ended: view.ended,
    };
    const open = (): PlanParts["open"] => openHeals(parts);
    const runner: Runner = { settings, ledger: state, parts, open, selection: options };
    return await new HealCommand(options, runner, view, signal).run();
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
  try {
    refuseDamaged(state);
    return state;
  } catch (error) {
    state.close();
    throw error;
  }
}

function refuseDamaged(state: State): void {
  const damaged = state.healingOff();
  if (damaged === null) return;
  throw new StalewatchError(
    "HEALING_OFF",
    `healing is off: a damaged state was set aside as ${damaged}`,
    {
      hint: "`stalewatch doctor --repair` looks for what heals left behind, and turns it on again",
    },
  );
}

function planText(options: HealOptions, engine: HealEngine, plan: CommandPlan): string {
  return healPlanText({
    ...plan,
    engine: engine.identity.name,
    width: outputWidth(),
    style: styleFor(options.json ? process.stderr : process.stdout, options.color),
  });
}

function printResult(
  { dryRun }: HealOptions,
  { identity }: HealEngine,
  plan: CommandPlan,
  runs: readonly HealRun[],
): void {
  printJson(healDocument({ engine: identity, dryRun, at: Date.now(), ...outcomeOf(plan, runs) }));
}

class HealCommand {
  readonly #options: HealOptions;
  readonly #runner: Runner;
  readonly #view: ProgressView;
  readonly #signal: AbortSignal;
  /** Whether a heal that was cut off could not be ended. */
  #isStuck = false;

  constructor(options: HealOptions, runner: Runner, view: ProgressView, signal: AbortSignal) {
    this.#options = options;
    this.#runner = runner;
    this.#view = view;
    this.#signal = signal;
  }

  async run(): Promise<ExitCode> {
    const { json } = this.#options;
    const { engine } = this.#runner.parts;
    if (this.#interrupted()) await this.#locked(() => this.#recover());
    const plan = await planCommand(this.#runner, null, this.#signal);
    const asks = !this.#options.yes && process.stdin.isTTY;
    if (!json) print(planText(this.#options, engine, plan));
    // What is asked about is shown, and the document alone goes to the output.
    else if (asks) process.stderr.write(`${planText(this.#options, engine, plan)}\n`);
    const isRun = plan.ready.length > 0;
    if (isRun && asks && !(await this.#mayGo())) {
      note("nothing was changed");
      return EXIT.critical;
    }
    const runs = isRun ? await this.#locked(() => this.#heal(plan.ready)) : [];
    if (json) printResult(this.#options, engine, plan, runs);
    return this.#isStuck ? worseOf(EXIT.unknown, healExit(plan, runs)) : healExit(plan, runs);
  }

  #interrupted(): boolean {
    return this.#runner.open().length > 0;
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withHealLock(this.#runner.settings.state, this.#signal, work);
  }

  /** Only under the lock is an open heal one that was cut off: else somebody is at it. */
  async #recover(): Promise<void> {
    if (!this.#interrupted()) return;
    note("a heal was cut off: finishing or undoing it first");
    const { failures } = await recoverHeals(this.#runner.parts, this.#signal);
    this.#isStuck = failures.length > 0;
    for (const { record, error } of failures)
      note(`the heal of ${record.container} cannot be ended yet: ${terminal(messageOf(error))}`);
  }

  async #heal(ready: readonly ReadyHeal[]): Promise<readonly HealRun[]> {
    await this.#recover();
    return runPlan(ready, this.#runner, this.#signal, (run) => {
      const passed = passedOver(run);
      if (passed !== null) this.#view.said(passed.name, passed.text);
    });
  }

  /** A person at a terminal sees the plan before anything happens; a script has decided already. */
  async #mayGo(): Promise<boolean> {
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
}

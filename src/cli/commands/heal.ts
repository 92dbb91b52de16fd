import { createInterface } from "node:readline/promises";
import { messageOf, StalewatchError } from "../../domain/error.ts";
import { askedTargets } from "../../domain/heal/targets.ts";
import type { HealEnd } from "../../domain/heal/record.ts";
import { remedyFor } from "../../domain/remedy.ts";
import type { Settings } from "../../config/settings.ts";
import {
  prepareHeals,
  recoverHeals,
  runHeals,
  type HealerParts,
  type PreparedHeals,
} from "../../heal/healer.ts";
import { viewWorld } from "../../heal/world.ts";
import type { State } from "../../state/state.ts";
import {
  interruption,
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
import { openState } from "../opened-state.ts";
import { healDocument } from "../render/heal-json.ts";
import { healPlanText, type LeftAlone } from "../render/heal-plan.ts";
import { progressView, type ProgressView } from "../render/heal-progress.ts";
import { styleFor } from "../render/style.ts";
import { refuseUnknown, selectionOf } from "../select.ts";
import { makeStateDirectory } from "../state-directory.ts";
import { scanOnce } from "./check.ts";

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
  const signal = interruption();
  const state = await journal(settings);
  const view = progressView(process.stderr);
  try {
    return await new HealCommand(options, settings, state, view, signal).run();
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

type Refusal = LeftAlone & { readonly remedy: string | null };

interface Plan extends PreparedHeals {
  readonly leftAlone: readonly Refusal[];
  readonly nothing: readonly LeftAlone[];
}

class HealCommand {
  readonly #options: HealOptions;
  readonly #settings: Settings;
  readonly #state: State;
  readonly #view: ProgressView;
  readonly #signal: AbortSignal;

  constructor(
    options: HealOptions,
    settings: Settings,
    state: State,
    view: ProgressView,
    signal: AbortSignal,
  ) {
    this.#options = options;
    this.#settings = settings;
    this.#state = state;
    this.#view = view;
    this.#signal = signal;
  }

  async run(): Promise<ExitCode> {
    const parts = await commandHealer(this.#settings, this.#state, this.#signal, (event) => {
      this.#view.step(event);
    });
    if (!this.#options.dryRun) await this.#recover(parts);
    const plan = await this.#plan(parts);
    const { json, dryRun } = this.#options;
    if (!json) print(this.#planText(parts, plan));
    if (dryRun || plan.ready.length === 0) {
      if (json) this.#printJson(parts, plan, new Map());
      return this.#exitCode(plan, []);
    }
    if (!(await this.#mayGo())) {
      note("nothing was changed");
      return EXIT.critical;
    }
    const reports = await withHealLock(this.#settings.state, this.#signal, () =>
      runHeals(plan.ready, this.#watched(parts), this.#signal),
    );
    const ends = new Map(reports.map(({ record, end }) => [record.id, end]));
    if (json) this.#printJson(parts, plan, ends);
    return this.#exitCode(plan, [...ends.values()]);
  }

  /** The ends of heals are shown as they come, committed. */
  #watched(parts: HealerParts): HealerParts {
    return {
      ...parts,
      ended: (record, end) => {
        this.#view.ended(record, end);
      },
    };
  }

  async #recover(parts: HealerParts): Promise<void> {
    if (parts.book.interrupted(parts.engine.identity.id).length === 0) return;
    note("a heal was cut off: finishing or undoing it first");
    await withHealLock(this.#settings.state, this.#signal, () =>
      recoverHeals(this.#watched(parts), this.#signal),
    );
  }

  async #plan(parts: HealerParts): Promise<Plan> {
    const { names, project, service = [], force } = this.#options;
    const done = await scanOnce(this.#settings, this.#state, { names: [] }, null, this.#signal);
    refuseUnknown(this.#options, done.snapshot);
    const named = names.length > 0 || project !== undefined || service.length > 0;
    const isSelected = selectionOf(this.#options) ?? (() => true);
    const asked = askedTargets(
      done.judgements.filter(({ container }) => isSelected(container)),
      { named, force },
      done.at,
    );
    const targets = asked.flatMap((one) => (one.kind === "heal" ? [one.target] : []));
    const world = await viewWorld(
      targets.length === 0 ? [] : done.judgements,
      done.memory,
      parts.engine,
      this.#signal,
    );
    const prepared = await prepareHeals(targets, world, { ...parts, force }, this.#signal);
    return {
      ...prepared,
      nothing: asked.flatMap((one) => (one.kind === "nothing" ? [one] : [])),
      leftAlone: [
        ...asked.flatMap((one) => (one.kind === "refused" ? [refusal(one)] : [])),
        ...[...prepared.refused, ...prepared.waiting].map(({ target, reason, remedy }) => ({
          judgement: target.judgement,
          reason,
          remedy,
        })),
      ],
    };
  }

  #planText({ engine }: HealerParts, { ready, leftAlone, nothing }: Plan): string {
    return healPlanText({
      engine: engine.identity.name,
      ready,
      refused: leftAlone,
      nothing,
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
    } finally {
      terminal.close();
    }
  }

  #printJson({ engine }: HealerParts, plan: Plan, ends: ReadonlyMap<string, HealEnd>): void {
    printJson(
      healDocument({
        engine: engine.identity,
        dryRun: this.#options.dryRun,
        at: Date.now(),
        heals: plan.ready.map(({ record, planned }) => ({
          record,
          steps: planned.steps,
          end: ends.get(record.id) ?? null,
        })),
        refused: plan.leftAlone,
        nothing: plan.nothing,
      }),
    );
  }

  #exitCode({ leftAlone }: Plan, ends: readonly HealEnd[]): ExitCode {
    const outcomes = ends.map(({ outcome }) => outcome);
    if (
      outcomes.some(
        (outcome) => outcome !== "healed" && outcome !== "refused" && outcome !== "discarded",
      )
    )
      return EXIT.warning;
    const isRefused = outcomes.some((outcome) => outcome !== "healed");
    return leftAlone.length > 0 || isRefused ? EXIT.critical : EXIT.ok;
  }
}

function refusal({ judgement, reason }: LeftAlone): Refusal {
  return { judgement, reason, remedy: remedyFor(judgement) };
}

import type { Settings } from "../../config/settings.ts";
import type { EngineIdentity } from "../../domain/observation.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { reportText } from "../../domain/report/report-text.ts";
import { collectReport } from "../../daemon/reporting.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import {
  interruption,
  loadedConfig,
  note,
  print,
  printJson,
  type GlobalOptions,
} from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { openState } from "../opened-state.ts";
import { reportDocument } from "../render/report-json.ts";
import { scanOnce } from "./check.ts";
import { messageOf } from "../../domain/error.ts";
import type { Judgement } from "../../domain/verdict.ts";
import type { State } from "../../state/state.ts";

export interface ReportOptions extends GlobalOptions {
  readonly since?: Milliseconds;
  readonly format: "text" | "json";
  readonly json: boolean;
}

/** What happened in a period, and how things are now. An empty period is a report that says so. */
export async function report(options: ReportOptions): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  const state = await openState(settings.state);
  try {
    const signal = interruption();
    const { judgements, engine } = await lookNow(settings, state, signal);
    const to = Date.now();
    const from = to - (options.since ?? WEEK);
    const document = collectReport({ state, engine, judgements, from, to });
    if (options.json || options.format === "json") printJson(reportDocument(document));
    else print(reportText(document, { safe: terminal }));
    return EXIT.ok;
  } finally {
    state.close();
  }
}

const WEEK: Milliseconds = 7 * 86_400_000;

interface Look {
  readonly judgements: readonly Judgement[] | null;
  /** null: the one that was last seen. */
  readonly engine: Pick<EngineIdentity, "id" | "name"> | null;
}

/** A report of the past can do without the engine. */
async function lookNow(settings: Settings, state: State, signal: AbortSignal): Promise<Look> {
  try {
    const done = await scanOnce(settings, state, { names: [] }, null, signal);
    const { id, name } = done.snapshot.engine;
    return { judgements: done.judgements, engine: { id, name } };
  } catch (error) {
    signal.throwIfAborted();
    note(`the engine gives no answer: ${messageOf(error)}`);
    return { judgements: null, engine: null };
  }
}

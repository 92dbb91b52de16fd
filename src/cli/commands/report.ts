import type { Settings } from "../../config/settings.ts";
import { messageOf, StalewatchError } from "../../domain/error.ts";
import { channelsOf } from "../../daemon/channels.ts";
import type { EngineIdentity } from "../../domain/observation.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { reportText } from "../../domain/report/report-text.ts";
import type { Report } from "../../domain/report/report.ts";
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
import type { Judgement } from "../../domain/verdict.ts";
import type { State } from "../../state/state.ts";

export interface ReportOptions extends GlobalOptions {
  readonly since?: Milliseconds;
  readonly format: "text" | "html" | "json";
  readonly json: boolean;
  /** Through the channels that take reports, too. */
  readonly send: boolean;
}

/** What happened in a period, and how things are now. An empty period is a report that says so. */
export async function report(options: ReportOptions): Promise<ExitCode> {
  const { settings } = await loadedConfig(options);
  const state = await openState(settings.state);
  try {
    const signal = interruption();
    const { judgements, engine } = await lookNow(settings, state, signal);
    const to = Date.now();
    const from = to - (options.since ?? settings.report.period);
    const document = collectReport({ state, engine, judgements, from, to });
    await show(document, options);
    return options.send ? await sendNow(document, settings, signal) : EXIT.ok;
  } finally {
    state.close();
  }
}

async function show(document: Report, { json, format }: ReportOptions): Promise<void> {
  if (json || format === "json") printJson(reportDocument(document));
  else if (format === "text") print(reportText(document, { safe: terminal }));
  else print((await import("../../notify/mail/report-html.ts")).reportHtml(document));
}

/** Past the outbox: whoever types it wants to see what comes back. */
async function sendNow(
  document: Report,
  settings: Settings,
  signal: AbortSignal,
): Promise<ExitCode> {
  const takers = channelsOf(settings).filter(({ reports }) => reports === true);
  if (takers.length === 0)
    throw new StalewatchError("NO_CHANNEL", "no channel that takes reports is configured", {
      hint: "set notify.email",
    });
  const bulletin = { engine: document.engine, at: document.to, items: [], report: document };
  const deliveries = await Promise.all(
    takers.map(async (channel) => ({ channel, delivery: await channel.send(bulletin, signal) })),
  );
  for (const { channel, delivery } of deliveries)
    note(
      delivery.outcome === "delivered"
        ? `sent through ${terminal(channel.name)}: ${terminal(delivery.answer)}`
        : `not sent through ${terminal(channel.name)}: ${terminal(delivery.error)}`,
    );
  return deliveries.every(({ delivery }) => delivery.outcome === "delivered")
    ? EXIT.ok
    : EXIT.unknown;
}

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

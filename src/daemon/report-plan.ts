import type { Settings } from "../config/settings.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Channel } from "../notify/channel.ts";
import type { State } from "../state/state.ts";
import type { Clock } from "./clock.ts";
import { errorFields, type Log } from "./log.ts";
import { collectReport } from "./reporting.ts";
import type { Scan } from "./scan.ts";
import { startSchedule, type Schedule } from "./schedule.ts";

export interface ReportPlanParts {
  readonly settings: Settings;
  readonly channels: readonly Channel[];
  readonly state: State;
  readonly clock: Clock;
  readonly log: Log;
  /** The last scan that succeeded; null before the first. */
  readonly lastScan: () => Scan | null;
  readonly posted: () => void;
  /** From 0 to below 1, as `Math.random`. */
  readonly random: () => number;
}

export interface ReportPlan {
  stop(): void;
}

/** Sends the report when the schedule says so, up to the jitter later. What is due is in the state, so that a restart in
 *  between does not lose it. */
export async function planReports(parts: ReportPlanParts): Promise<ReportPlan> {
  const { settings, channels, state, clock, log, random } = parts;
  const { schedule: expression, jitter } = settings.report;
  const takers = channels.filter(({ reports }) => reports === true);
  if (expression === null || takers.length === 0) return { stop: () => undefined };
  const stop = new AbortController();
  const sendLater = (at: number): void => {
    clock
      .sleep(Math.max(0, at - clock.now()), stop.signal)
      .then(() => {
        send(parts, takers);
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted)
          log.error("report-failed", "no report was sent", errorFields(error));
      });
  };
  const due = state.reportDueAt();
  if (due !== null) sendLater(due);
  const schedule: Schedule = await startSchedule({
    expression,
    timezone: settings.timezone,
    onTick: () => {
      const at = clock.now() + Math.round(random() * jitter);
      state.planReport(at);
      sendLater(at);
    },
  });
  return {
    stop: () => {
      schedule.stop();
      stop.abort();
    },
  };
}

function send(parts: ReportPlanParts, takers: readonly Channel[]): void {
  const { settings, state, clock, log, posted } = parts;
  const to = clock.now();
  const last = parts.lastScan();
  const report = collectReport({
    state,
    engine: last?.snapshot.engine ?? null,
    judgements: last?.judgements ?? null,
    from: to - settings.report.period,
    to,
  });
  const bulletin: Bulletin = { engine: report.engine, at: to, items: [], report };
  state.postReport(
    takers.map(({ name: channel }) => ({ channel, bulletin })),
    to,
  );
  log.info("report", "the report is on its way", { channels: takers.map(({ name }) => name) });
  posted();
}

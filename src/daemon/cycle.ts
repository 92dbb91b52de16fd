import { isStalewatchError, messageOf } from "../domain/error.ts";
import type { ClockReading } from "../domain/clocks.ts";
import type { ContainerId, EpochMs } from "../domain/ids.ts";
import type { Bulletin, NewsItem } from "../domain/news.ts";
import { afterFailure, afterSuccess, type Outage } from "../domain/outage.ts";
import type { Settings } from "../config/settings.ts";
import { describeAddress } from "../engine/address.ts";
import type { Posting } from "../state/outbox-table.ts";
import type { State } from "../state/state.ts";
import type { Clock } from "./clock.ts";
import type { EngineLink } from "./engine-link.ts";
import { isWindowOpen } from "./heal-window.ts";
import { errorFields, type Log } from "./log.ts";
import { logNews } from "./log-news.ts";
import { newId } from "./new-id.ts";
import { scan, type Scan } from "./scan.ts";

/** What asked for a scan. */
export type Cause = "schedule" | "events";

export interface CycleParts {
  readonly cause: Cause;
  readonly settings: Settings;
  readonly link: EngineLink;
  readonly state: State;
  readonly self: ContainerId | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly route: (bulletin: Bulletin) => readonly Posting[];
  /** Called after every commit that posted something. */
  readonly posted: () => void;
  /** Called when the state is in a file again: the lock beside it may be gone with the old one. */
  readonly renewLock: () => void;
}

/** What one process carries from scan to scan. */
export interface CycleMemory {
  clocks: ClockReading | null;
  /** When all was last scanned under this configuration. */
  lastScanAt: EpochMs | null;
  outage: Outage | null;
  /** Why the last scan failed; null where it did not. */
  failure: string | null;
}

/** One scan with everything around it: the connection, the engine's outages, the log. Never throws but for an abort:
 *  whatever goes wrong in one scan, the next one is tried. null where it failed. */
export async function runCycle(
  parts: CycleParts,
  memory: CycleMemory,
  signal: AbortSignal,
): Promise<Scan | null> {
  parts.state.recover();
  let scanned: Scan | null = null;
  try {
    const done = await scanOnce(parts, memory, signal);
    scanned = done;
    memory.outage = null;
    memory.failure = null;
    memory.lastScanAt = done.at;
    reportScan(parts, done);
  } catch (error) {
    signal.throwIfAborted();
    memory.failure = messageOf(error);
    if (isStalewatchError(error) && error.code.startsWith("ENGINE_"))
      scanFailed(parts, memory, error);
    else parts.log.error("scan-failed", "the scan failed", errorFields(error));
  }
  reportState(parts);
  return scanned;
}

async function scanOnce(
  parts: CycleParts,
  memory: CycleMemory,
  signal: AbortSignal,
): Promise<Scan> {
  const { settings, state, clock } = parts;
  const before = memory.clocks;
  const after = clock.reading();
  memory.clocks = after;
  const engine = await parts.link.engine(signal);
  const back = afterSuccess(memory.outage, clock.now());
  const window = settings.heal.window;
  const done = await scan(
    {
      engine,
      ledger: state,
      policy: settings.policy,
      self: parts.self,
      healWindowOpen: await isWindowOpen(window, settings.timezone, clock.now()),
      selection: null,
      reporting: {
        reminder: settings.notify.reminder ?? 0,
        newId,
        route: parts.route,
        extra: back === null ? [] : [back],
      },
      // In one scan time goes by the clock that nobody sets: by the other, a grace might be over in the middle of it.
      now: () => Math.round(after.wall + clock.reading().monotonic - after.monotonic),
      lastScanAt: memory.lastScanAt,
      clocks: before === null ? null : { before, after },
    },
    signal,
  );
  state.saveEngine(engine.identity);
  return done;
}

function reportScan({ cause, log, posted, state, settings, clock }: CycleParts, done: Scan): void {
  if (done.bulletin !== null) {
    logNews(log, done.bulletin);
    posted();
  }
  const counts = { containers: done.judgements.length, calls: done.calls, wrote: done.wrote };
  log.debug("scan", "scanned", { cause, ...counts });
  state.prune(clock.now(), settings.history.retention);
}

function scanFailed(parts: CycleParts, memory: CycleMemory, error: Error): void {
  const { cause, link, log, state, clock, settings } = parts;
  link.drop();
  // An engine that is stopping tells of its containers' ends and then falls silent: only scans some time apart count.
  if (cause === "events") {
    log.debug("look-failed", "what happened is looked at by the next scan", errorFields(error));
    return;
  }
  const now = clock.now();
  const { outage, news } = afterFailure(memory.outage, messageOf(error), now);
  memory.outage = outage;
  log.warn("engine-unreachable", `scan ${outage.failedScans} failed`, errorFields(error));
  if (news === null) return;
  const engine =
    settings.engine.name ?? state.engineName() ?? describeAddress(settings.engine.address);
  const items: NewsItem[] = [news];
  const bulletin: Bulletin = { engine, at: now, items };
  state.saveOutage(outage, parts.route(bulletin), now);
  logNews(log, bulletin);
  parts.posted();
}

function reportState({ state, log, renewLock }: CycleParts): void {
  for (const event of state.takeEvents()) {
    switch (event.event) {
      case "state-replaced":
        log.error(
          event.event,
          "the state file was damaged: it is set aside and a new one begun",
          event,
        );
        break;
      case "state-removed":
        log.error(
          event.event,
          "the state file was removed: all that is known is kept, and goes into a new one",
          event,
        );
        break;
      case "state-degraded":
        log.error(event.event, "the state cannot be written: kept in memory until it can", event);
        break;
      case "state-recovered":
        log.info(event.event, "the state is written to disk again");
        keepLock(renewLock, log);
        break;
    }
  }
}

function keepLock(renewLock: () => void, log: Log): void {
  try {
    renewLock();
  } catch (error) {
    log.error("state-shared", "the state directory is not this daemon's alone", errorFields(error));
  }
}

import type { Settings } from "../config/settings.ts";
import { channelsOf } from "../daemon/channels.ts";
import { SYSTEM_CLOCK } from "../daemon/clock.ts";
import { newId } from "../daemon/new-id.ts";
import { postingsFor } from "../daemon/postings.ts";
import { pulse } from "../daemon/pulse.ts";
import type { Scan } from "../daemon/scan.ts";
import { courier } from "../notify/courier.ts";
import type { HeartbeatEvent } from "../notify/heartbeat.ts";
import { takeLock } from "../state/lock.ts";
import type { State } from "../state/state.ts";
import { scanOnce } from "./commands/check.ts";
import { note } from "./context.ts";
import { openState } from "./opened-state.ts";

/** One scan as the daemon does it, with its incidents and messages, for a timer in place of the daemon. It takes the
 *  daemon's lock: two that deliver would tell everything twice. */
export async function notifiedScan(settings: Settings, signal: AbortSignal): Promise<Scan> {
  const state = await openState(settings.state);
  const lock = takeLock(settings.state, {
    pid: process.pid,
    since: Date.now(),
    command: "check --notify",
  });
  const { url } = settings.heartbeat;
  const beat = pulse({ url, outbox: state, now: Date.now, log: noteHeartbeat }, signal);
  let scanned = false;
  try {
    beat.begin();
    const done = await scanAndTell(settings, state, signal);
    scanned = true;
    return done;
  } finally {
    beat.end(scanned);
    await beat.settled();
    lock?.release();
    state.close();
  }
}

async function scanAndTell(settings: Settings, state: State, signal: AbortSignal): Promise<Scan> {
  const channels = channelsOf(settings);
  const reporting = {
    reminder: settings.notify.reminder ?? 0,
    newId,
    route: postingsFor(channels),
    extra: [],
  };
  const done = await scanOnce(settings, state, { names: [] }, reporting, signal);
  const log = (event: { event: string }): void => {
    if (event.event !== "delivered") note(`message ${event.event}`);
  };
  const deliverer = courier({
    outbox: state,
    channels,
    clock: SYSTEM_CLOCK,
    log,
    random: Math.random,
  });
  await deliverer.drain(signal);
  state.prune(Date.now(), settings.history.retention);
  return done;
}

function noteHeartbeat({ error }: HeartbeatEvent): void {
  if (error !== null) note(error);
}

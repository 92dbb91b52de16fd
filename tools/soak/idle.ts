import { setTimeout as delay } from "node:timers/promises";
import { startPrivateEngine } from "../../test/harness/private-engine.ts";
import { startDaemon, temporaryDirectory, type RunningDaemon } from "../../test/harness/program.ts";
import { populate } from "../bench/host.ts";
import { costOf, stampOf } from "../process-cost.ts";

const CONTAINERS = 100;
const HOUR = 3_600_000;

/** A host on which nothing happens, its events followed: the real daemon must write nothing to disk. It scans every
 *  second, so that a minute has more scans than ten have by default. Gives what was wrong. */
export async function idle(
  seconds: number,
  say: (text: string) => void,
): Promise<readonly string[]> {
  say(`idle for ${String(seconds)} s, on an engine with ${String(CONTAINERS)} containers`);
  const engine = await startPrivateEngine({ onProgress: say });
  const state = temporaryDirectory();
  try {
    await populate(engine, 0, CONTAINERS);
    const daemon = startDaemon({
      DOCKER_HOST: engine.host,
      STALEWATCH_STATE: state.path,
      STALEWATCH_SCHEDULE: "* * * * * *",
      STALEWATCH_LOG_LEVEL: "debug",
    });
    try {
      return await quietly(daemon, state.path, seconds, say);
    } finally {
      await daemon.stop();
    }
  } finally {
    state.remove();
    await engine.close();
  }
}

async function quietly(
  daemon: RunningDaemon,
  state: string,
  seconds: number,
  say: (text: string) => void,
): Promise<readonly string[]> {
  await daemon.logged("scan");
  // Once it knows all there is, and events of the last start have led to a scan.
  await delay(5_000);
  await beforeTheHour(seconds, say);
  const [cost, stamp, from] = [costOf(daemon.pid), stampOf(state), daemon.log.length];
  await delay(seconds * 1000);
  const written = costOf(daemon.pid).written - cost.written;
  const scans = daemon.log.slice(from).filter(({ event }) => event === "scan");
  say(`${String(scans.length)} scans, ${String(written)} bytes written`);
  return [
    ...(written > 0 ? [`${String(written)} bytes were written`] : []),
    ...(stampOf(state) === stamp ? [] : ["a file of the state has changed"]),
    ...(scans.every(({ calls, wrote }) => calls === 2 && wrote === false)
      ? []
      : ["a scan took more than two calls, or wrote"]),
    ...(daemon.log.some(({ event }) => event === "events-lost") ? ["events were lost"] : []),
    ...(scans.length < seconds / 2 ? ["scans were late"] : []),
  ];
}

/** At the full hour the daemon keeps how many scans it made: its one write that needs no reason. */
async function beforeTheHour(seconds: number, say: (text: string) => void): Promise<void> {
  const left = HOUR - (Date.now() % HOUR);
  if (left > (seconds + 5) * 1000) return;
  say(`waits ${String(Math.ceil(left / 1000))} s for the full hour to pass`);
  await delay(left + 5_000);
}

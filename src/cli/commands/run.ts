import { setFlagsFromString } from "node:v8";
import packageJson from "../../../package.json" with { type: "json" };
import { SYSTEM_CLOCK } from "../../daemon/clock.ts";
import { Daemon } from "../../daemon/daemon.ts";
import { createLog, type Log } from "../../daemon/log.ts";
import { messageOf } from "../../domain/error.ts";
import { takeLock } from "../../state/lock.ts";
import type { Settings } from "../../config/settings.ts";
import { loadedConfig, type GlobalOptions } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { makeStateDirectory } from "../state-directory.ts";

/** The daemon, from the first scan to SIGTERM. */
export async function run(options: GlobalOptions): Promise<ExitCode> {
  preferSmallHeap();
  const config = await loadedConfig(options);
  const { settings } = config;
  const log = createLog({ level: settings.log.level, stream: process.stderr });
  log.hide(config.secrets);
  makeDirectory(settings, log);
  const lock = takeLock(settings.state, { pid: process.pid, since: Date.now(), command: "run" });
  try {
    const daemon = new Daemon({
      config,
      reload: () => loadedConfig(options),
      log,
      clock: SYSTEM_CLOCK,
      renewLock: () => lock?.renew(),
      version: packageJson.version,
    });
    const ended = untilTerminated();
    process.on("SIGHUP", () => void daemon.reload());
    await daemon.start();
    await ended;
    await daemon.stop();
    return EXIT.ok;
  } finally {
    lock?.release();
  }
}

/** The daemon sleeps nearly all the time: memory matters to its host, the speed of its garbage collector does not. Both
 *  flags are read by the collector whenever it decides how far to let the heap grow. */
function preferSmallHeap(): void {
  setFlagsFromString("--optimize-for-size");
  setFlagsFromString("--max-semi-space-size=1");
}

function makeDirectory(settings: Settings, log: Log): void {
  try {
    makeStateDirectory(settings);
  } catch (error) {
    const message = "the state directory cannot be made: nothing outlives this process";
    log.error("state-directory", message, { error: messageOf(error) });
  }
}

function untilTerminated(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}

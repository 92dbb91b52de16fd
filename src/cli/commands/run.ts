import { setFlagsFromString } from "node:v8";
import packageJson from "../../../package.json" with { type: "json" };
import { SYSTEM_CLOCK } from "../../daemon/clock.ts";
import { Daemon } from "../../daemon/daemon.ts";
import { goesToJournal } from "../../daemon/journal.ts";
import { createLog, errorFields, type Log } from "../../daemon/log.ts";
import type { Supervisor } from "../../daemon/supervisor.ts";
import { systemd } from "../../daemon/systemd.ts";
import { systemdNotify } from "../../daemon/systemd-notify.ts";
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
  const { env, stderr } = process;
  const toJournal = goesToJournal(stderr.fd, env);
  const log = createLog({ level: settings.log.level, stream: stderr, toJournal });
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
      supervisor: supervisor(log),
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

function supervisor(log: Log): Supervisor {
  return systemd({
    env: process.env,
    pid: process.pid,
    notify: systemdNotify(process.env),
    failed: (error) => {
      log.warn("systemd-notify", "systemd cannot be told how this is", errorFields(error));
    },
    now: () => performance.now(),
  });
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

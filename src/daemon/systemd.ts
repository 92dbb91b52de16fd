import type { Milliseconds } from "../domain/ids.ts";
import { Progress } from "./progress-watch.ts";
import { UNSUPERVISED, type Supervisor } from "./supervisor.ts";

/** Sends assignments such as `READY=1` to systemd, in one message. */
export type Notify = (assignments: readonly string[]) => Promise<void>;

export interface SystemdParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly notify: Notify;
  /** Told of the first message that could not be sent. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds on a clock that is never set. */
  readonly now: () => Milliseconds;
}

/** systemd as it supervises a unit of `Type=notify`; nobody where this process is no such unit. With `WatchdogSec=` it
 *  hears three times in that span that the process lives and that the scan, if there is one, gets on. An engine that
 *  does not answer is no reason to be silent: a scan that fails has got on. */
export function systemd(parts: SystemdParts): Supervisor {
  if ((parts.env["NOTIFY_SOCKET"] ?? "") === "") return UNSUPERVISED;
  const say = inOrder(parts);
  const watch = new Progress(parts.now);
  let ready = false;
  const span = watchdogSpan(parts);
  const beat = (): void => {
    if (watch.isStuck()) return;
    // A first scan takes as long as it takes, too.
    void say(ready ? ["WATCHDOG=1"] : [`EXTEND_TIMEOUT_USEC=${String((span ?? 0) * 1000)}`]);
  };
  const timer = span === null ? null : setInterval(beat, span / 3);
  return {
    scanning: (progress, patience) => {
      watch.begin(progress, patience);
    },
    scanned: () => {
      watch.end();
      if (!ready) void say(["READY=1"]);
      ready = true;
    },
    status: (line) => void say([`STATUS=${line}`]),
    stopping: () => {
      if (timer !== null) clearInterval(timer);
      return say(["STOPPING=1"]);
    },
  };
}

/** How often systemd wants to hear of this process; null if it need not. */
function watchdogSpan({ env, pid }: SystemdParts): Milliseconds | null {
  const isForUs = [undefined, "", String(pid)].includes(env["WATCHDOG_PID"]);
  const span = Number(env["WATCHDOG_USEC"] ?? "") / 1000;
  return isForUs && span > 0 ? span : null;
}

/** One message after the other, so that an older one never arrives last. */
function inOrder({ notify, failed }: SystemdParts): Notify {
  let last: Promise<void> = Promise.resolve();
  let complained = false;
  return (assignments) => {
    last = last
      .then(() => notify(assignments))
      .catch((error: unknown) => {
        if (!complained) failed(error);
        complained = true;
      });
    return last;
  };
}

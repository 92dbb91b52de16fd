import type { EpochMs, Milliseconds } from "../domain/ids.ts";

export interface Schedule {
  /** When it fires next, or null when it never will. */
  next(): Date | null;
  stop(): void;
}

export interface ScheduleOptions {
  readonly expression: string;
  readonly timezone: string;
  /** Called on every tick, and once for ticks that came too late because the machine slept or was busy. */
  readonly onTick: (missed: boolean) => void;
}

/** Starts a cron schedule. The tick itself only says "now": whether the last one is still under way is for the caller
 *  to know, because a scan can also be asked for by other means. */
export async function startSchedule(options: ScheduleOptions): Promise<Schedule> {
  const { schedule } = await import("node-cron");
  const { expression, timezone, onTick } = options;
  const task = schedule(
    expression,
    () => {
      onTick(false);
    },
    { timezone, suppressMissedWarning: true },
  );
  task.on("execution:missed", () => {
    onTick(true);
  });
  return {
    next: () => task.getNextRun(),
    stop: () => {
      void task.destroy();
    },
  };
}

/** A span of time that begins whenever `cron` says. */
export interface Window {
  readonly cron: string;
  readonly for: Milliseconds;
}

const MINUTE = 60_000;

/** Whether `now` lies in a window, in the given time zone. Looks back minute by minute, at most a day. */
export async function isWindowOpen(
  window: Window | null,
  timezone: string,
  now: EpochMs,
): Promise<boolean> {
  if (window === null) return true;
  const { createTask } = await import("node-cron");
  const task = createTask(window.cron, () => undefined, { timezone });
  try {
    const minute = now - (now % MINUTE);
    for (let start = minute; start > now - window.for; start -= MINUTE)
      if (task.match(new Date(start))) return true;
    return false;
  } finally {
    await task.destroy();
  }
}

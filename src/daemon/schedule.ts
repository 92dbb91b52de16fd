import type { EpochMs } from "../domain/ids.ts";

export interface Schedule {
  /** When it fires next, or null when it never will. */
  next(): Date | null;
  stop(): void;
}

export interface ScheduleOptions {
  readonly expression: string;
  readonly timezone: string;
  /** Called on every tick; once, as missed, for all that came while the machine slept or was too busy. */
  readonly onTick: (missed: boolean) => void;
}

const SECOND = 1000;
const MINUTE = 60_000;
/** How many whole seconds or minutes are looked back over for missed ticks: an hour, or a day. */
const LOOK_BACK = { [SECOND]: 3600, [MINUTE]: 1440 } as const;

/** Starts a cron schedule. node-cron reads the expression, in its time zone; the beat is our own, every whole minute
 *  (or second, where the expression has seconds) of the wall clock. node-cron's own timer waits for the next time that
 *  it worked out before: it leaves out an hour when summer time ends, and stands still when the clock is set back. */
export async function startSchedule(options: ScheduleOptions): Promise<Schedule> {
  const { expression, timezone, onTick } = options;
  const { createTask } = await import("node-cron");
  const task = createTask(expression, () => undefined, { timezone });
  const step = expression.trim().split(/\s+/).length > 5 ? SECOND : MINUTE;
  let last = Date.now();
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(beat, step - (Date.now() % step));
  };
  const beat = (): void => {
    const now = Date.now();
    const due = dueTick(last, now, step, (time) => task.match(new Date(time)));
    last = now;
    arm();
    if (due !== null) onTick(due === "missed");
  };
  arm();
  return {
    // Not its next run: a task that is never started has none.
    next: () => task.getNextRuns(1)[0] ?? null,
    stop: () => {
      clearTimeout(timer);
      void task.destroy();
    },
  };
}

/** What is due at `now`, when the last beat was at `last`: a tick on time, one that was missed, or null. A clock that
 *  was set back begins anew. */
export function dueTick(
  last: EpochMs,
  now: EpochMs,
  step: typeof SECOND | typeof MINUTE,
  matches: (time: EpochMs) => boolean,
): "on-time" | "missed" | null {
  const latest = now - (now % step);
  if (latest <= last && now >= last) return null;
  if (matches(latest)) return "on-time";
  const earliest = Math.max(last, latest - LOOK_BACK[step] * step);
  for (let time = latest - step; time > earliest; time -= step) if (matches(time)) return "missed";
  return null;
}

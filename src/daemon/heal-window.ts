import type { EpochMs, Milliseconds } from "../domain/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of time that begins whenever `cron` says. */
export interface Window {
  readonly cron: string;
  readonly for: Milliseconds;
}

/** What a clock on the wall shows, as the moment in milliseconds at which one in UTC shows the same. */
type WallTime = number;
type Matches = (wall: WallTime) => boolean;

/** Whether `now` lies in a window, in the given time zone. Once it has begun, it lasts its length in real time, whatever
 *  the wall clock does meanwhile. Looks back minute by minute, at most a day. */
export async function isWindowOpen(
  window: Window | null,
  timezone: string,
  now: EpochMs,
): Promise<boolean> {
  if (window === null) return true;
  const { createTask } = await import("node-cron");
  const task = createTask(toTheMinute(window.cron), () => undefined, { timezone: "UTC" });
  const matches: Matches = (wall) => task.match(new Date(wall));
  try {
    const minute = now - (now % MINUTE);
    for (let start = minute; start > now - window.for; start -= MINUTE)
      if (beginsAt(start, timezone, matches)) return true;
    return false;
  } finally {
    await task.destroy();
  }
}

/** Without the field for seconds, which an expression may have before the five others. */
function toTheMinute(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  return fields.length > 5 ? fields.slice(-5).join(" ") : cron;
}

/** A time of day that the wall clock leaves out comes at its jump, one that it shows twice comes the first time. What
 *  begins in every hour is no time of day: it comes in every hour that passes, and in no other. */
function beginsAt(start: EpochMs, timezone: string, matches: Matches): boolean {
  const wall = wallTime(start, timezone);
  if (matches(wall) && (isFirst(wall, start, timezone) || isHourly(wall, matches))) return true;
  for (let left = wallTime(start - MINUTE, timezone) + MINUTE; left < wall; left += MINUTE)
    if (matches(left) && !isHourly(left, matches)) return true;
  return false;
}

function wallTime(time: EpochMs, timezone: string): WallTime {
  const { offsetNanoseconds } = inZone(time, timezone);
  return time + offsetNanoseconds / 1e6;
}

function isFirst(wall: WallTime, time: EpochMs, timezone: string): boolean {
  const shown = inZone(wall, "UTC").toPlainDateTime();
  return shown.toZonedDateTime(timezone, { disambiguation: "earlier" }).epochMilliseconds === time;
}

function inZone(time: EpochMs, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timezone);
}

function isHourly(wall: WallTime, matches: Matches): boolean {
  const first = wall - (wall % DAY) + (wall % HOUR);
  return Array.from({ length: 24 }, (_, hour) => first + hour * HOUR).every(matches);
}

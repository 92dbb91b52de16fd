import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dueTick, startSchedule, type Schedule } from "../../../src/daemon/schedule.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** The times, as UTC, at which an every-five-minutes schedule in Berlin fires. */
async function ticksFrom(
  start: string,
  run: (schedule: Schedule) => Promise<void>,
): Promise<string[]> {
  vi.setSystemTime(new Date(start));
  const ticks: string[] = [];
  const onTick = (): void => void ticks.push(new Date().toISOString().slice(11, 16));
  const schedule = await startSchedule({
    expression: "*/5 * * * *",
    timezone: "Europe/Berlin",
    onTick,
  });
  await run(schedule);
  schedule.stop();
  return ticks;
}

const every5 = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(`2026-01-01T${from}:00Z`) + i * 5 * MINUTE).toISOString().slice(11, 16),
  );

describe("the schedule goes on, every five minutes", () => {
  it("when summer time begins (02:00 becomes 03:00 in Berlin)", async () => {
    const ticks = await ticksFrom("2026-03-29T00:32:00Z", async () => {
      await vi.advanceTimersByTimeAsync(HOUR);
    });
    expect(ticks).toEqual(every5("00:35", 12));
  });

  it("when summer time ends (03:00 becomes 02:00 in Berlin)", async () => {
    const ticks = await ticksFrom("2026-10-25T00:32:00Z", async () => {
      await vi.advanceTimersByTimeAsync(2 * HOUR);
    });
    expect(ticks).toEqual(every5("00:35", 24));
  });

  it("when the wall clock is set back by an hour", async () => {
    const ticks = await ticksFrom("2026-06-01T12:02:00Z", async () => {
      await vi.advanceTimersByTimeAsync(10 * MINUTE);
      vi.setSystemTime(new Date("2026-06-01T11:12:00Z"));
      await vi.advanceTimersByTimeAsync(15 * MINUTE);
    });
    expect(ticks.slice(0, 2)).toEqual(["12:05", "12:10"]);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
  });

  it("when the wall clock is set forward by an hour", async () => {
    const ticks = await ticksFrom("2026-06-01T12:02:00Z", async () => {
      await vi.advanceTimersByTimeAsync(10 * MINUTE);
      vi.setSystemTime(new Date("2026-06-01T13:12:00Z"));
      await vi.advanceTimersByTimeAsync(15 * MINUTE);
    });
    expect(ticks.slice(0, 2)).toEqual(["12:05", "12:10"]);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
  });
});

describe("the next tick", () => {
  it.each([
    ["lies ahead, also at a full minute", "2026-06-01T12:05:00Z", "2026-06-01T12:10:00.000Z"],
    ["is looked for across midnight", "2026-06-01T23:57:13Z", "2026-06-02T00:00:00.000Z"],
  ])("%s", async (_, now, next) => {
    await ticksFrom(now, (schedule) => {
      expect(schedule.next()?.toISOString()).toBe(next);
      return Promise.resolve();
    });
  });
});

describe("at a beat, what is due", () => {
  const at = (time: string): number => Date.parse(`2026-06-01T${time}Z`);
  const everyFiveMinutes = (time: number): boolean => new Date(time).getUTCMinutes() % 5 === 0;
  it.each([
    ["nothing, between two ticks", "12:01:00", "12:02:00", null],
    ["a tick, on its minute", "12:04:00", "12:05:00", "on-time"],
    ["a tick, a little late in its minute", "12:04:00", "12:05:41", "on-time"],
    ["nothing again in the same minute", "12:05:00", "12:05:59", null],
    ["one missed tick after a minute too many", "12:04:00", "12:06:10", "missed"],
    ["one missed tick after hours of sleep", "08:04:00", "12:06:10", "missed"],
    ["nothing missed when no tick fell into the gap", "12:05:10", "12:09:10", null],
    ["a tick, when the clock was set back onto one", "12:07:00", "11:10:00", "on-time"],
    ["nothing, when the clock was set back between two", "12:07:00", "11:12:00", null],
  ])("is %s", (_, last, now, due) => {
    expect(dueTick(at(last), at(now), MINUTE, everyFiveMinutes)).toBe(due);
  });
});

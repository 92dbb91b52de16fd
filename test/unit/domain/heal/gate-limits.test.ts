import { describe, expect, it } from "vitest";
import { gateLimits, healthSchedule } from "../../../../src/domain/heal/gate-limits.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";

const SECOND = 1000;
/** The engine counts in nanoseconds. */
const nano = (seconds: number): number => seconds * 1e9;

/** An inspect with this health check; with none at all, where it is null. */
function checkedBy(check: JsonObject | null): JsonObject {
  return { Config: check === null ? {} : { Healthcheck: check } };
}

const PROBE = ["CMD", "true"];

describe("a health check", () => {
  it.each<[string, JsonObject | null, ReturnType<typeof healthSchedule>]>([
    ["is missing", null, null],
    ["was switched off", { Test: ["NONE"] }, null],
    ["has an empty test", { Test: [""] }, null],
    ["has no test", { Test: [] }, null],
    ["has but times", { Interval: nano(5) }, null],
    [
      "says nothing but what to run: the engine's own times hold",
      { Test: PROBE },
      { startPeriod: 0, interval: 30 * SECOND, timeout: 30 * SECOND, retries: 3 },
    ],
    [
      "through a shell",
      { Test: ["CMD-SHELL", "wget -q localhost"] },
      { startPeriod: 0, interval: 30 * SECOND, timeout: 30 * SECOND, retries: 3 },
    ],
    [
      "says all",
      {
        Test: PROBE,
        StartPeriod: nano(60),
        Interval: nano(10),
        Timeout: nano(3),
        Retries: 5,
      },
      { startPeriod: 60 * SECOND, interval: 10 * SECOND, timeout: 3 * SECOND, retries: 5 },
    ],
    [
      "says zero, which the engine takes for nothing said",
      { Test: PROBE, StartPeriod: 0, Interval: 0, Timeout: 0, Retries: 0 },
      { startPeriod: 0, interval: 30 * SECOND, timeout: 30 * SECOND, retries: 3 },
    ],
    [
      "says fractions of a second",
      { Test: PROBE, Interval: 500_000_000 },
      { startPeriod: 0, interval: 500, timeout: 30 * SECOND, retries: 3 },
    ],
  ])("%s", (_, check, schedule) => {
    expect(healthSchedule(checkedBy(check))).toEqual(schedule);
  });

  it("is none where the inspect says nothing of the kind", () => {
    expect(healthSchedule({})).toBeNull();
    expect(healthSchedule({ Config: null })).toBeNull();
  });
});

describe("the limits of a trial", () => {
  const slow = checkedBy({ Test: PROBE, StartPeriod: nano(600) });

  it("are as configured", () => {
    expect(gateLimits(slow, { settle: 5 * SECOND, healthTimeout: 7 * SECOND })).toEqual({
      settle: 5 * SECOND,
      healthTimeout: 7 * SECOND,
    });
  });

  it("come from the health check by itself: start period, every retry, and some", () => {
    expect(gateLimits(slow, { settle: 0, healthTimeout: "auto" }).healthTimeout).toBe(
      (600 + 3 * 60 + 30) * SECOND,
    );
  });

  it("are 90 s without a health check", () => {
    const none = checkedBy({ Test: ["NONE"], StartPeriod: nano(600) });
    expect(gateLimits(none, { settle: 0, healthTimeout: "auto" }).healthTimeout).toBe(90 * SECOND);
  });
});

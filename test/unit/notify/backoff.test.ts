import { describe, expect, it } from "vitest";
import { isGivenUp, nextWait } from "../../../src/notify/backoff.ts";
import { retryAfterOf } from "../../../src/notify/retry-after.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 86_400 * SECOND;

describe("the wait before the next attempt", () => {
  it.each([
    [1, 5 * SECOND],
    [2, 10 * SECOND],
    [3, 20 * SECOND],
    [7, 320 * SECOND],
    [8, 640 * SECOND],
    [9, 15 * MINUTE],
    [1000, 15 * MINUTE],
  ])("after %i attempts is %i ms", (attempts, wait) => {
    expect(nextWait({ attempts, retryAfter: null, jitter: 0 })).toBe(wait);
  });

  it.each([
    ["a quarter less at most", null, 0.9999, 3750],
    ["what the other side asks for, if that is longer", 30 * SECOND, 0.5, 30 * SECOND],
    ["its own, if that is longer", SECOND, 0, 5 * SECOND],
    ["an hour, whatever the other side asks for", 30 * DAY, 0, 60 * MINUTE],
  ])("is %s", (_, retryAfter, jitter, wait) => {
    expect(nextWait({ attempts: 1, retryAfter, jitter })).toBe(wait);
  });
});

describe("giving up", () => {
  it.each([
    ["not before three days", 3 * DAY - 1, 400, false],
    ["after three days", 3 * DAY, 400, true],
    ["not at the first try after a week of sleep", 7 * DAY, 1, false],
    ["at the fifth", 7 * DAY, 5, true],
  ])("%s", (_, age, attempts, expected) => {
    expect(isGivenUp(age, attempts)).toBe(expected);
  });
});

describe("Retry-After", () => {
  const now = Date.UTC(2026, 10, 22, 9, 0, 0);
  it.each([
    [null, null],
    ["", null],
    ["30", 30 * SECOND],
    [" 0 ", 0],
    ["Sun, 22 Nov 2026 09:01:30 GMT", 90 * SECOND],
    ["Sunday, 22-Nov-26 09:00:10 GMT", 10 * SECOND],
    ["Sun, 22 Nov 2026 08:00:00 GMT", 0],
    ["-5", null],
    ["1.5", null],
    ["soon", null],
    ["Someday, never", null],
    ["99999999999999999999", null],
  ])("%j asks for %j ms", (header, wait) => {
    expect(retryAfterOf(header, now)).toBe(wait);
  });
});

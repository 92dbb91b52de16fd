import { describe, expect, it } from "vitest";
import {
  DURATION_FORM,
  formatDuration,
  formatSpan,
  parseDuration,
} from "../../../src/domain/duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a duration in a setting or a label", () => {
  it.each([
    ["90s", 90 * SECOND],
    ["15m", 15 * MINUTE],
    ["6h", 6 * HOUR],
    ["2d", 2 * DAY],
    ["0s", 0],
    ["0", 0],
    ["007m", 7 * MINUTE],
    ["36525d", 36_525 * DAY],
    ["3155759999s", 36_525 * DAY - SECOND],
  ])("%s is %d ms", (text, length) => {
    expect(parseDuration(text)).toBe(length);
  });

  it.each(["", "15", "m", "15 m", " 15m", "15m ", "15M", "-5m", "+5m", "1.5h", "1h30m", "15min"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it.each(["banana", "1e3s", "٥m", "15m\n", "36526d", "999999999999s", "constructor", "NaNs"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("has one sentence that says what is allowed, and its examples are", () => {
    const examples = DURATION_FORM.match(/\d+[smhd]/g) ?? [];
    expect(examples).toEqual(["90s", "15m", "6h", "2d"]);
    expect(examples.map(parseDuration)).not.toContain(null);
  });
});

describe("a length as a setting", () => {
  it.each([
    [0, "0s"],
    [999, "0s"],
    [90 * SECOND, "90s"],
    [MINUTE, "1m"],
    [HOUR, "1h"],
    [DAY, "1d"],
    [15 * MINUTE, "15m"],
    [90 * MINUTE, "90m"],
    [6 * HOUR, "6h"],
    [25 * HOUR, "25h"],
    [48 * HOUR, "2d"],
  ])("%d ms is %s", (length, text) => {
    expect(formatDuration(length)).toBe(text);
  });
});

describe("a length for people", () => {
  it.each([
    [-5 * SECOND, "0 s"],
    [0, "0 s"],
    [59 * SECOND, "59 s"],
    [MINUTE, "1 min"],
    [71 * MINUTE + 59 * SECOND, "71 min"],
    [2 * HOUR - SECOND, "119 min"],
    [2 * HOUR, "2 h"],
    [5 * HOUR + 12 * MINUTE, "5 h 12 min"],
    [2 * DAY - MINUTE, "47 h 59 min"],
    [2 * DAY, "2 d"],
    [3 * DAY + 4 * HOUR + 59 * MINUTE, "3 d 4 h"],
  ])("%d ms is %s", (length, text) => {
    expect(formatSpan(length)).toBe(text);
  });
});

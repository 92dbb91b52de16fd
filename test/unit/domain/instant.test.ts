import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../src/domain/instant.ts";

const NOON = Date.UTC(2026, 10, 24, 12, 0, 0);

describe("an instant on the command line", () => {
  it.each([
    ["2026-11-24T12:00:00Z", NOON],
    ["2026-11-24T12:00Z", NOON],
    ["2026-11-24T12:00:00.250Z", NOON + 250],
    ["2026-11-24T13:00:00+01:00", NOON],
    ["2026-11-24T13:00:00+0100", NOON],
    [String(NOON / 1000), NOON],
    [`${String(NOON / 1000)}.5`, NOON + 500],
  ])("%s is one", (text, time) => {
    expect(parseInstant(text)).toBe(time);
  });

  it.each([
    "",
    "now",
    "12:00",
    "2026-11-24",
    "2026-11-24T12:00:00",
    "2026-13-24T12:00:00Z",
    "-1",
    "15m",
  ])("%j is none", (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

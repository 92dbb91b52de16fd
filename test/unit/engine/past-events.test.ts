import { describe, expect, it } from "vitest";
import { hasEndingSignal, lastTime } from "../../../src/engine/past-events.ts";

/** As the client library hands over more than one object. */
function answer(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

const killed = (signal: string): object => ({ Actor: { Attributes: { signal } } });

describe("past events", () => {
  it("are as late as the last of them, to the millisecond", () => {
    expect(lastTime(answer({ timeNano: 1_500_000 }, { timeNano: 3_400_000 }))).toBe(3);
    expect(lastTime({ timeNano: 2_000_000 })).toBe(2);
    expect(lastTime(undefined)).toBeNull();
  });

  it.each([
    ["SIGTERM", ["15"], true],
    ["SIGKILL after others", ["1", "9"], true],
    ["SIGHUP, SIGUSR1, SIGUSR2 and SIGWINCH", ["1", "10", "12", "28"], false],
    ["none", [], false],
  ])("with %s", (_, signals, expected) => {
    expect(hasEndingSignal(answer(...signals.map(killed)))).toBe(expected);
  });
});

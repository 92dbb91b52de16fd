import { describe, expect, it } from "vitest";
import { LATE_BY, livenessOf, readinessOf } from "../../../src/status/health.ts";
import type { Sight } from "../../../src/status/sight.ts";
import { HOUR, MINUTE, NOW, sight } from "./samples.ts";

const STARTED = NOW - HOUR;
const scanned = (more: Partial<Sight> = {}): Sight =>
  sight([], {
    cycle: { startedAt: NOW - 61_000, endedAt: NOW - MINUTE, failure: null },
    nextScanAt: NOW + MINUTE,
    ...more,
  });

describe("the loop", () => {
  it.each<readonly [string, Sight | null, number, boolean, string]>([
    ["lives while scans end", scanned(), NOW, true, "a scan ended 1 min ago"],
    [
      "lives while the next scan is not due, be it in hours",
      scanned({ nextScanAt: NOW + 6 * HOUR }),
      NOW + 5 * HOUR,
      true,
      "a scan ended 5 h 1 min ago",
    ],
    [
      "lives while a scan takes its time",
      scanned(),
      NOW + MINUTE + LATE_BY,
      true,
      "a scan ended 12 min ago",
    ],
    [
      "is stuck when no scan ends any more",
      scanned(),
      NOW + MINUTE + LATE_BY + 1000,
      false,
      "a scan ended 12 min ago, the next is late by 10 min",
    ],
    [
      "lives while scans fail: that is no fault of its own",
      scanned({ cycle: { startedAt: NOW, endedAt: NOW, failure: "no answer" } }),
      NOW,
      true,
      "a scan ended 0 s ago",
    ],
    [
      "lives before the first scan has ended",
      null,
      STARTED + MINUTE,
      true,
      "no scan has ended yet",
    ],
    [
      "is stuck when that never ends",
      null,
      STARTED + LATE_BY + 1000,
      false,
      "no scan has ended yet, the next is late by 10 min",
    ],
    [
      "lives when the schedule has ended for good",
      scanned({ nextScanAt: null }),
      NOW + 100 * HOUR,
      true,
      "a scan ended 4 d 4 h ago",
    ],
  ])("%s", (_, seen, now, ok, reason) => {
    expect(livenessOf(seen, STARTED, now)).toEqual({ name: "loop", ok, reason });
  });
});

describe("readiness", () => {
  const failing = (seen: Sight | null, now = NOW): string[] =>
    readinessOf(seen, STARTED, now)
      .filter(({ ok }) => !ok)
      .map(({ name, reason }) => `${name}: ${reason}`);

  it.each<readonly [string, Sight | null, readonly string[]]>([
    ["is there after a scan", scanned(), []],
    [
      "is not there before the first",
      null,
      ["engine: it has not been asked yet", "scan: none has succeeded yet"],
    ],
    [
      "is not there while the engine gives no answer",
      scanned({
        cycle: { startedAt: NOW, endedAt: NOW, failure: "no answer" },
        outageSince: NOW - HOUR,
      }),
      ["engine: no answer (for 60 min)", "scan: the last one succeeded 12 s ago"],
    ],
    [
      "is not there while the state is in memory only",
      scanned({ degraded: "the disk is full" }),
      ["state: it is kept in memory only: the disk is full"],
    ],
  ])("%s", (_, seen, reasons) => {
    expect(failing(seen)).toEqual(reasons);
  });

  it("is not there when the last success is long ago", () => {
    expect(failing(scanned(), NOW + MINUTE + LATE_BY + 1000)).toEqual([
      "scan: the last one succeeded 11 min ago",
    ]);
  });
});

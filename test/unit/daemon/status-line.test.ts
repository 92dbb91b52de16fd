import { describe, expect, it } from "vitest";
import { statusLine, type StatusParts } from "../../../src/daemon/status-line.ts";
import type { Judgement, VerdictKind } from "../../../src/domain/verdict.ts";

const NEXT = Date.UTC(2026, 10, 24, 14, 35);

function line(parts: Partial<StatusParts>): string {
  return statusLine({ scan: null, outage: null, isConfigBroken: false, next: NEXT, ...parts });
}

function scanOf(...verdicts: VerdictKind[]): StatusParts["scan"] {
  const judgements = verdicts.map((verdict) => ({ verdict }) as Judgement);
  return { engine: "host-1", judgements };
}

describe("the status line says", () => {
  it("how many are stale and pending, even if none is, and the other verdicts that there are", () => {
    expect(line({ scan: scanOf("fresh", "stale", "fresh") })).toBe(
      "host-1: 1 stale, 0 pending, 2 fresh; next scan 2026-11-24T14:35:00Z",
    );
  });

  it("since when the engine has not answered", () => {
    const outage = { since: Date.UTC(2026, 10, 24, 14, 2, 7, 5), failedScans: 4, told: true };
    expect(line({ outage })).toBe(
      "no answer from the engine since 2026-11-24T14:02:07Z; next scan 2026-11-24T14:35:00Z",
    );
  });

  it("where to look when a scan failed for another reason", () => {
    expect(line({})).toContain("the last scan failed: the log says why");
  });

  it("that a changed configuration is not in force", () => {
    expect(line({ scan: scanOf(), isConfigBroken: true })).toBe(
      "host-1: 0 stale, 0 pending; the changed configuration is broken and not in force; next scan 2026-11-24T14:35:00Z",
    );
  });
});

import { describe, expect, it } from "vitest";
import { reportText } from "../../../src/domain/report/report-text.ts";
import { reportOf } from "../../../src/domain/report/report.ts";
import { columns } from "../../../src/notify/mail/columns.ts";
import { FROM, HOUR, NOTHING, past, pastHeal, TO, weekReport } from "./report-samples.ts";

const asIs = (text: string): string => text;
const textOf = (report: ReturnType<typeof reportOf>): string => reportText(report, { safe: asIs });

describe("a report", () => {
  it("of a week says what is stale, what happened, what was healed and how the watching went", () => {
    expect(textOf(weekReport()).split("\n")).toEqual([
      "host-1: report for 2026-11-16 08:00 to 2026-11-23 08:00 UTC",
      "Containers: 41 fresh, 1 pending, 1 stale, 2 untracked, 3 excluded",
      "",
      "Stale now (1):",
      "  infra2-web-1, for 30 h",
      "    infra2-web-1:latest was built again",
      "",
      "Incidents: 4 opened, 3 resolved; they lasted 2 h (median), 2 d at worst.",
      "",
      "Heals: 2 healed, 1 came to nothing.",
      "  2026-11-20 00:00 infra2-api-1: rolled-back: it exited with code 3",
      "",
      "Diverged over the period (# diverged, + healed, x a heal failed):",
      "  infra2-api-1                     .........###x####....... 29 %",
      "  infra2-web-1                     ..+................##### 19 %",
      "  shop-cron-1                      .....................+.. < 1 %",
      "",
      "Scans: 2009 done, 4 failed, 3 missed.",
      "Messages: 1 never arrived.",
    ]);
  });

  it("of an empty period says so", () => {
    const text = textOf(reportOf(NOTHING));
    expect(text).toContain("the engine gives no answer, so this is what was last seen");
    expect(text).toContain("Nothing is stale.");
    expect(text).toContain("No incident was opened or resolved in this time.");
    expect(text).toContain("Scans: 2016 done, 0 failed, 0 missed.");
    expect(text).toContain("Messages: all delivered.");
  });

  it("counts what was opened before it and resolved in it, and leaves out what ended before", () => {
    const report = reportOf({
      ...NOTHING,
      incidents: [
        past("a-web-1", { since: 200, ended: 100 }),
        past("b-web-1", { since: 300, ended: 200 }),
      ],
    });
    expect(report).toMatchObject({ opened: 0, resolved: 1 });
    expect(report.containers.map(({ container }) => container)).toEqual(["a-web-1"]);
    expect(report.containers[0]?.diverged).toEqual([{ from: FROM, to: TO - 100 * HOUR }]);
  });

  it("gives the median and the worst of how long divergences lasted", () => {
    const lengths = [1, 2, 10].map((hours, i) =>
      past(`c${String(i)}-web-1`, { since: 20 + hours, ended: 20 }),
    );
    expect(reportOf({ ...NOTHING, incidents: lengths }).lasted).toEqual({
      median: 2 * HOUR,
      worst: 10 * HOUR,
    });
    expect(reportOf({ ...NOTHING, incidents: lengths.slice(0, 2) }).lasted?.median).toBe(
      1.5 * HOUR,
    );
  });

  it("adds up overlapping incidents of one container once", () => {
    const { containers } = reportOf({
      ...NOTHING,
      incidents: [
        past("a-web-1", { since: 50, ended: 30 }),
        past("a-web-1", { since: 40, ended: 20 }),
      ],
    });
    expect(containers[0]?.divergedFor).toBe(30 * HOUR);
  });

  it("says what it leaves out", () => {
    const incidents = Array.from({ length: 50 }, (_, i) =>
      past(`x${String(i)}-web-1`, { since: 20 + i, ended: null }),
    );
    const text = textOf(reportOf({ ...NOTHING, incidents }));
    expect(text).toContain("Stale now (50):");
    expect(text).toContain("… and 30 more: stalewatch history");
  });

  it("keeps to 80 columns, whatever the texts", () => {
    const long = "long-name-".repeat(30);
    const report = reportOf({
      ...NOTHING,
      engine: long,
      incidents: [past(long, { since: 20, ended: null })],
      heals: [pastHeal(long, 10, { outcome: "failed", detail: `${long} ${long}` })],
    });
    const widths = textOf(report)
      .split("\n")
      .map((line) => columns(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });
});

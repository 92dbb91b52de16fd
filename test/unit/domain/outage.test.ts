import { describe, expect, it } from "vitest";
import { afterFailure, afterSuccess, type Outage } from "../../../src/domain/outage.ts";
import { at, minutes } from "./builders.ts";

/** Scans five minutes apart from 12:00 on: `x` failed, `.` worked. Gives what was said at each. */
function said(scans: string, read: (outage: Outage) => Outage = (outage) => outage): string[] {
  let outage: Outage | null = null;
  return Array.from(scans).map((scan, n) => {
    const now = at("12:00") + minutes(5 * n);
    if (scan === ".") {
      const back = afterSuccess(outage, now);
      outage = null;
      return back?.kind ?? "";
    }
    const after = afterFailure(outage, "no answer", now);
    outage = read(after.outage);
    return after.news?.kind ?? "";
  });
}

describe("an engine that gives no answer", () => {
  it.each<[string, string, string[]]>([
    ["told once, after three failed scans", "xxxxx", ["", "", "engine-unreachable", "", ""]],
    ["told once when it is back", "xxx..", ["", "", "engine-unreachable", "engine-back", ""]],
    ["nothing if nobody was told", "xx..", ["", "", "", ""]],
    ["three in a row count, not three in all", "xx.x.x", ["", "", "", "", "", ""]],
    [
      "the next outage is told, too",
      "xxx.xxx",
      ["", "", "engine-unreachable", "engine-back", "", "", "engine-unreachable"],
    ],
  ])("%s", (_, scans, news) => {
    expect(said(scans)).toEqual(news);
  });

  it("goes on being one outage over a restart of the watchdog at any time", () => {
    const reread = (outage: Outage): Outage => JSON.parse(JSON.stringify(outage)) as Outage;
    expect(said("xxxx.", reread)).toEqual(["", "", "engine-unreachable", "", "engine-back"]);
  });

  it("says since when, after how many scans, and why", () => {
    let outage: Outage | null = null;
    const news = ["12:00", "12:05", "12:10"].map((time) => {
      const after = afterFailure(outage, `no answer at ${time}`, at(time));
      outage = after.outage;
      return after.news;
    });
    expect(news[2]).toEqual({
      kind: "engine-unreachable",
      since: at("12:00"),
      failedScans: 3,
      cause: "no answer at 12:10",
    });
    expect(afterSuccess(outage, at("12:30"))).toEqual({
      kind: "engine-back",
      since: at("12:00"),
      lasted: minutes(30),
    });
  });

  it("lasted no time, not less than none, if the wall clock was set back", () => {
    const outage: Outage = { since: at("12:00"), failedScans: 3, told: true };
    expect(afterSuccess(outage, at("11:00"))?.lasted).toBe(0);
  });

  it("is nothing where there was none", () => {
    expect(afterSuccess(null, at("12:00"))).toBeNull();
  });
});

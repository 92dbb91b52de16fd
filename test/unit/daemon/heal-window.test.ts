import { describe, expect, it } from "vitest";
import { isWindowOpen, type Window } from "../../../src/daemon/heal-window.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const night = { cron: "0 2 * * *", for: 2 * HOUR };

describe("a window is open", () => {
  it.each([
    ["not before it begins", "2026-06-01T23:59:59Z", false],
    ["when it begins", "2026-06-02T00:00:00Z", true],
    ["just before it ends", "2026-06-02T01:59:59Z", true],
    ["no more when it has ended", "2026-06-02T02:00:00Z", false],
  ])("%s", async (_, now, open) => {
    expect(await isWindowOpen(night, "Europe/Berlin", Date.parse(now))).toBe(open);
  });

  it("always, where none is set", async () => {
    expect(await isWindowOpen(null, "Europe/Berlin", 0)).toBe(true);
  });

  it("from the whole minute on, where the expression has seconds", async () => {
    const window = { cron: "30 0 2 * * *", for: HOUR };
    expect(await opened(window, "Europe/Berlin", "2026-06-01T12:00:00Z")).toEqual(["00:00–01:00"]);
  });

  it("for a whole day, day after day, without a break", async () => {
    const window = { cron: "@daily", for: 24 * HOUR };
    for (const now of ["21:59:59", "22:00:00", "22:00:01"])
      expect(await isWindowOpen(window, "Europe/Berlin", Date.parse(`2026-06-01T${now}Z`))).toBe(
        true,
      );
  });
});

const STEP = 30 * MINUTE;

/** From noon to noon, in UTC: when it opens and when it closes, to the millisecond. */
async function opened(window: Window, zone: string, noon: string): Promise<string[]> {
  const from = Date.parse(noon);
  const isOpen = (now: number): Promise<boolean> => isWindowOpen(window, zone, now);
  const spans: string[] = [];
  let since: number | null = null;
  for (let now = from; now <= from + 24 * HOUR; now += STEP) {
    const open = await isOpen(now);
    if (open === (since !== null)) continue;
    expect(await isOpen(now - 1)).toBe(!open);
    if (since !== null) spans.push(`${clock(since)}–${clock(now)}`);
    since = open ? now : null;
  }
  return spans;
}

const clock = (time: number): string => new Date(time).toISOString().slice(11, 16);

type Row = readonly [cron: string, hours: number, spans: readonly string[]];

// Times in UTC. Berlin: 01:00 UTC is 02:00 before the change and 03:00 after it.
describe.each<[string, string, string, readonly Row[]]>([
  [
    "the night when 02:00 becomes 03:00 in Berlin",
    "Europe/Berlin",
    "2026-03-28T12:00:00Z",
    [
      ["0 2 * * *", 2, ["01:00–03:00"]],
      ["30 2 * * *", 2, ["01:00–03:00"]],
      ["0 3 * * *", 2, ["01:00–03:00"]],
      ["0 1 * * *", 2, ["00:00–02:00"]],
      ["30 1 * * *", 1, ["00:30–01:30"]],
      ["0 2 * * 0", 1, ["01:00–02:00"]],
      ["0 2 * * 1", 1, []],
      ["0,30 2 * * *", 0.5, ["01:00–01:30"]],
    ],
  ],
  [
    "the night when 03:00 becomes 02:00 in Berlin",
    "Europe/Berlin",
    "2026-10-24T12:00:00Z",
    [
      ["0 2 * * *", 2, ["00:00–02:00"]],
      ["0 2 * * *", 0.5, ["00:00–00:30"]],
      ["30 2 * * *", 0.5, ["00:30–01:00"]],
      ["0 1 * * *", 2, ["23:00–01:00"]],
      ["0 3 * * *", 1, ["02:00–03:00"]],
      ["0 2,3 * * *", 0.5, ["00:00–00:30", "02:00–02:30"]],
    ],
  ],
  [
    "the night when 02:00 becomes 03:00 in New York",
    "America/New_York",
    "2026-03-07T12:00:00Z",
    [
      ["0 2 * * *", 2, ["07:00–09:00"]],
      ["59 2 * * *", 1, ["07:00–08:00"]],
      ["0 1 * * *", 2, ["06:00–08:00"]],
      ["0 3 * * *", 2, ["07:00–09:00"]],
    ],
  ],
  [
    "the night when 02:00 becomes 01:00 in New York",
    "America/New_York",
    "2026-10-31T12:00:00Z",
    [
      ["0 2 * * *", 2, ["07:00–09:00"]],
      ["0 1 * * *", 2, ["05:00–07:00"]],
      ["30 1 * * *", 1, ["05:30–06:30"]],
      ["0 0 * * *", 3, ["04:00–07:00"]],
    ],
  ],
  [
    "the night when 02:00 becomes 02:30 on Lord Howe Island",
    "Australia/Lord_Howe",
    "2026-10-03T00:00:00Z",
    [
      ["15 2 * * *", 1, ["15:30–16:30"]],
      ["30 2 * * *", 1, ["15:30–16:30"]],
    ],
  ],
  [
    "the midnight that Beirut leaves out",
    "Asia/Beirut",
    "2026-03-28T12:00:00Z",
    [["0 0 * * *", 1, ["22:00–23:00"]]],
  ],
])("%s", (_, zone, noon, rows) => {
  it.each(rows)("%s for %s h is open %j", async (cron, hours, spans) => {
    expect(await opened({ cron, for: hours * HOUR }, zone, noon)).toEqual(spans);
  });
});

describe("a window that begins in every hour is open in each hour that passes", () => {
  it.each([
    ["when the clock goes forward", "2026-03-28T12:00:00Z"],
    ["when the clock goes back", "2026-10-24T12:00:00Z"],
  ])("%s", async (_, noon) => {
    const everyHour = { cron: "0 * * * *", for: STEP };
    const spans = await opened(everyHour, "Europe/Berlin", noon);
    expect(spans).toHaveLength(24);
    expect(spans.every((span) => /:00–..:30$/.test(span))).toBe(true);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthOf, timelineOf, type Span } from "../../../../src/domain/timeline/timeline.ts";
import type { Standing, Turn } from "../../../../src/domain/timeline/turns.ts";
import { at, clockOf, minutes, WEB } from "../builders.ts";

const DAY = { from: at("00:00"), to: at("00:00", 1) };

function turn(clock: string, standing: Standing, createdAt: string | null = "06:00"): Turn {
  return {
    subject: WEB,
    at: at(clock),
    standing,
    createdAt: createdAt === null ? null : at(createdAt),
  };
}

const words = (spans: readonly Span[]): string[] =>
  spans.map(({ from, to, phase }) => `${clockOf(from)}–${clockOf(to)} ${phase}`);

const ALWAYS = [DAY];

describe("a timeline", () => {
  it("of a subject that never diverged begins with its container", () => {
    const spans = timelineOf({
      ...DAY,
      turns: [],
      verdict: "fresh",
      createdAt: at("08:00"),
      watched: ALWAYS,
    });
    expect(words(spans)).toEqual(["00:00–08:00 absent", "08:00–+1d 00:00 fresh"]);
  });

  it("shows what it was, from turn to turn", () => {
    const turns = [
      turn("12:00", "pending"),
      turn("12:15", "stale"),
      turn("13:00", "fresh", "13:00"),
      turn("20:00", "gone", null),
      turn("21:00", "fresh", "21:00"),
    ];
    const spans = timelineOf({
      ...DAY,
      turns,
      verdict: "fresh",
      createdAt: at("21:00"),
      watched: ALWAYS,
    });
    expect(words(spans)).toEqual([
      "00:00–06:00 absent",
      "06:00–12:00 fresh",
      "12:00–12:15 pending",
      "12:15–13:00 stale",
      "13:00–20:00 fresh",
      "20:00–21:00 absent",
      "21:00–+1d 00:00 fresh",
    ]);
    expect(lengthOf(spans, "stale")).toBe(minutes(45));
  });

  it("calls nothing fresh where nobody looked, and nothing else into doubt", () => {
    const turns = [turn("12:00", "pending"), turn("12:15", "stale"), turn("18:00", "fresh")];
    const watched = [
      { from: at("07:00"), to: at("11:00") },
      { from: at("17:00"), to: at("20:00") },
    ];
    const spans = timelineOf({ ...DAY, turns, verdict: "fresh", createdAt: at("06:00"), watched });
    expect(words(spans)).toEqual([
      "00:00–06:00 absent",
      "06:00–07:00 unwatched",
      "07:00–11:00 fresh",
      "11:00–12:00 unwatched",
      "12:00–12:15 pending",
      "12:15–18:00 stale",
      "18:00–20:00 fresh",
      "20:00–+1d 00:00 unwatched",
    ]);
  });

  it("has no doubt for the time between two scans, or for a restart", () => {
    const watched = [
      { from: at("06:04"), to: at("11:00") },
      { from: at("11:14"), to: at("23:56") },
    ];
    const spans = timelineOf({
      ...DAY,
      turns: [],
      verdict: "fresh",
      createdAt: at("06:00"),
      watched,
    });
    expect(words(spans)).toEqual(["00:00–06:00 absent", "06:00–+1d 00:00 fresh"]);
  });

  it("begins in the middle of what was going on before", () => {
    const turns = [turn("12:00", "pending"), turn("12:15", "stale")];
    const spans = timelineOf({
      from: at("14:00"),
      to: at("15:00"),
      turns,
      verdict: "stale",
      createdAt: at("06:00"),
      watched: ALWAYS,
    });
    expect(words(spans)).toEqual(["14:00–15:00 stale"]);
  });

  it("has no gap and no overlap, whatever is known", () => {
    const hour = fc.integer({ min: -5, max: 30 }).map((h) => DAY.from + h * minutes(60));
    const standing = fc.constantFrom<Standing>("fresh", "pending", "stale", "gone", "untracked");
    const turns = fc
      .array(fc.record({ at: hour, standing, createdAt: fc.option(hour) }))
      .map((list) => list.map((one) => ({ ...one, subject: WEB })).sort((a, b) => a.at - b.at));
    const watched = fc.uniqueArray(hour, { maxLength: 8 }).map((hours) => {
      const sorted = hours.sort((a, b) => a - b);
      return sorted.flatMap((from, i) =>
        i % 2 === 0 ? [{ from, to: sorted[i + 1] ?? from }] : [],
      );
    });
    fc.assert(
      fc.property(turns, hour, watched, (turns_, createdAt, watched_) => {
        const spans = timelineOf({
          ...DAY,
          turns: turns_,
          verdict: "fresh",
          createdAt,
          watched: watched_,
        });
        expect(spans[0]?.from).toBe(DAY.from);
        expect(spans.at(-1)?.to).toBe(DAY.to);
        spans.slice(1).forEach((span, i) => expect(span.from).toBe(spans[i]?.to));
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { subjectKey, type SubjectKey } from "../../../../src/domain/ids.ts";
import { turnsOf, type Turn } from "../../../../src/domain/timeline/turns.ts";
import type { Judgement } from "../../../../src/domain/verdict.ts";
import { at, clockOf, container, host, minutes, rebuilt, V1, V2, WEB } from "../builders.ts";
import { look } from "../watch.ts";

const GRACE = minutes(15);
const FRESH = host({ containers: [container({ runs: "v2", created: "12:30" })], images: [V2] });

function judged(what: "fresh" | "diverged" | "gone" | "excluded", now: string): Judgement[] {
  if (what === "gone") return [];
  const exclude = what === "excluded" ? ["*"] : [];
  const scene = what === "fresh" ? FRESH : rebuilt();
  return [...look(scene, { now, policy: { grace: GRACE, exclude } }).judgements];
}

const NOBODY: ReadonlySet<SubjectKey> = new Set();

/** `12:00 pending`, in order, of scans at these times one after the other. */
function story(
  scans: readonly (readonly [now: string, what: Parameters<typeof judged>[0]])[],
  healing = NOBODY,
  complete = true,
): string[] {
  const last = new Map<SubjectKey, Turn>();
  return scans.flatMap(([now, what]) => {
    const judgements = judged(what, now);
    const turns = turnsOf({ last, judgements, healing, complete, now: at(now) });
    for (const turn of turns) last.set(turn.subject, turn);
    return turns.map((turn) => `${clockOf(turn.at)} ${turn.standing}`);
  });
}

describe("what is noted of a subject", () => {
  it("is nothing while it is fresh, and nothing while it stays as it is", () => {
    expect(story([["12:31", "fresh"]])).toEqual([]);
    expect(
      story([
        ["12:05", "diverged"],
        ["12:06", "diverged"],
        ["12:20", "diverged"],
        ["12:25", "diverged"],
      ]),
    ).toEqual(["12:00 pending", "12:15 stale"]);
  });

  it("says when a divergence began and when its grace ended, not when that was seen", () => {
    expect(story([["13:00", "diverged"]])).toEqual(["12:00 pending", "12:15 stale"]);
  });

  it("ends with what comes after it", () => {
    expect(
      story([
        ["12:20", "diverged"],
        ["12:40", "fresh"],
        ["12:50", "gone"],
        ["12:51", "gone"],
        ["12:55", "fresh"],
        ["12:58", "excluded"],
      ]),
    ).toEqual([
      "12:00 pending",
      "12:15 stale",
      "12:40 fresh",
      "12:50 gone",
      "12:55 fresh",
      "12:58 excluded",
    ]);
  });

  it("never goes back in time", () => {
    expect(
      story([
        ["12:05", "diverged"],
        ["12:40", "fresh"],
        ["12:41", "diverged"],
      ]),
    ).toEqual(["12:00 pending", "12:40 fresh", "12:40 pending", "12:40 stale"]);
  });

  it("is nothing while its heal is under way", () => {
    expect(story([["12:20", "diverged"]], new Set([WEB]))).toEqual([]);
  });

  it("is no end for what a scan of some containers did not look at", () => {
    const last = new Map([
      [WEB, { subject: WEB, at: at("12:00"), standing: "pending" as const, createdAt: null }],
    ]);
    const scan = { last, judgements: [], healing: NOBODY, now: at("12:05") };
    expect(turnsOf({ ...scan, complete: false })).toEqual([]);
    expect(turnsOf({ ...scan, complete: true })).toHaveLength(1);
  });

  it("is the worse standing while two containers stand for it", () => {
    const two = host({
      containers: [
        container({ name: "old", runs: "v1" }),
        container({ name: "new", runs: "v2", created: "12:01" }),
      ],
      images: [V1, V2],
    });
    const { judgements } = look(two, { now: "12:20", policy: { grace: GRACE } });
    const turns = turnsOf({
      last: new Map(),
      judgements,
      healing: NOBODY,
      complete: true,
      now: at("12:20"),
    });
    expect(turns.map(({ standing }) => standing)).toEqual(["pending", "stale"]);
    expect(turns.every(({ subject }) => subject === subjectKey(WEB))).toBe(true);
    expect(turns[0]?.createdAt).toBe(at("10:01"));
  });
});

import { describe, expect, it } from "vitest";
import {
  AT_REST,
  expectTurn,
  lookBegins,
  lookDueAt,
  lookEnds,
  notice,
  type Attention,
} from "../../../src/domain/attention.ts";
import type { Urgency } from "../../../src/domain/engine-event.ts";

interface Happening {
  readonly at: number;
  readonly urgency: Urgency;
}

const build = (...times: number[]): Happening[] =>
  times.map((at) => ({ at, urgency: "at-once" as const }));
const change = (...times: number[]): Happening[] =>
  times.map((at) => ({ at, urgency: "when-quiet" as const }));
/** One after the other, `gap` milliseconds apart, from `from` until before `to`. */
const every = (gap: number, from: number, to: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / gap) }, (_, i) => from + i * gap);

/** When looks begin, each of which takes `takes` milliseconds, if all this happens. Moment by moment; of what comes in
 *  the same one, what happens is first. */
function looks(happenings: readonly Happening[], takes = 30): number[] {
  const end = Math.max(...happenings.map(({ at }) => at)) + 10_000;
  const began: number[] = [];
  let attention: Attention = AT_REST;
  for (let now = 0; now <= end; now++) {
    for (const { urgency } of happenings.filter(({ at }) => at === now))
      attention = notice(attention, urgency, now);
    if (attention.lookingSince !== null && now >= attention.lookingSince + takes)
      attention = lookEnds(attention, now);
    if ((lookDueAt(attention) ?? Infinity) > now) continue;
    began.push(now);
    attention = lookBegins(attention, now);
  }
  return began;
}

describe("when events lead to a look", () => {
  it.each<[string, Happening[], number[]]>([
    ["soon after a build", build(50), [150]],
    ["once after a build of several services", build(50, 60, 90, 140), [150]],
    ["when it is quiet after a recreate", change(0, 10, 300, 310, 600), [1000]],
    ["half a second after a lone start", change(0), [500]],
    [
      "a second after the first at the latest, if it never becomes quiet",
      change(...every(100, 0, 950)),
      [1000],
    ],
    ["soon after a build in the middle of other things", [...change(0), ...build(200)], [300]],
    ["not later because a build follows", [...change(0), ...build(450)], [500]],
    ["not later because something follows a build", [...build(0), ...change(0, 50)], [100]],
    ["again for what happened during a look", build(0, 110), [100, 1100]],
    ["never for nothing", [], []],
  ])("%s", (_, happenings, expected) => {
    expect(looks(happenings)).toEqual(expected);
  });

  it.each([
    ["builds", build],
    ["starts and ends of containers", change],
  ])("a storm of %s costs no more than one a second, and its end is seen", (_, kind) => {
    const began = looks(kind(...every(1, 0, 10_000)));
    const gaps = began.slice(1).map((time, i) => time - (began[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(began.length).toBeLessThanOrEqual(11);
    expect(began.at(-1)).toBeGreaterThanOrEqual(9_999);
  });

  it("leave an engine alone for as long as it needed to answer", () => {
    expect(looks(build(...every(100, 0, 9_000)), 3_000)).toEqual([100, 6_100, 12_100]);
  });

  it("is told of looks that others asked for, and asks for none that they have made needless", () => {
    const noticed = notice(AT_REST, "at-once", 0);
    const looking = lookBegins(noticed, 50);
    expect(lookDueAt(looking)).toBeNull();
    const looked = lookEnds(looking, 80);
    expect(lookDueAt(looked)).toBeNull();
    expect(lookDueAt(notice(looked, "at-once", 90))).toBe(1050);
  });

  it("the thousandth event of a storm changes nothing", () => {
    const noticed = notice(AT_REST, "at-once", 0);
    expect(notice(noticed, "at-once", 1)).toBe(noticed);
    expect(notice(noticed, "when-quiet", 2)).toBe(noticed);
  });
});

describe("when time alone changes something", () => {
  it("there is a look then, and none once somebody looked before", () => {
    const waiting = expectTurn(AT_REST, 5_000);
    expect(lookDueAt(waiting)).toBe(5_000);
    expect(lookDueAt(notice(waiting, "when-quiet", 1_000))).toBe(1_500);
    expect(lookDueAt(notice(waiting, "when-quiet", 4_900))).toBe(5_000);
    expect(lookDueAt(expectTurn(waiting, null))).toBeNull();
    expect(lookDueAt(lookEnds(lookBegins(waiting, 2_000), 2_030))).toBeNull();
  });

  it("the pace is kept", () => {
    const looked = lookEnds(lookBegins(AT_REST, 0), 30);
    expect(lookDueAt(expectTurn(looked, 40))).toBe(1_000);
  });
});

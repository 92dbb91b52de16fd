import { describe, expect, it } from "vitest";
import { fit, shareOut, type Candidate } from "../../../src/notify/fit.ts";

const candidates = (count: number, length: number): Candidate[] =>
  Array.from({ length: count }, (_, i) => ({
    text: "x".repeat(length),
    label: `name-${String(i)}`,
  }));

describe("fit", () => {
  it("leaves nothing out where all fits", () => {
    const fitted = fit(candidates(3, 100), { length: 1000, texts: 3 });
    expect(fitted).toMatchObject({ named: [], leftOut: 0 });
    expect(fitted.full).toHaveLength(3);
  });

  it("names what it cannot show in full, and counts what it cannot name", () => {
    const { full, named, leftOut } = fit(candidates(1000, 400), { length: 5000, texts: 40 });
    expect(full.length).toBeGreaterThan(3);
    expect(named[0]).toBe(`name-${String(full.length)}`);
    expect(full.length + named.length + leftOut).toBe(1000);
  });

  it("keeps one text for the closing words where the number of texts is what is short", () => {
    const { full, named } = fit(candidates(10, 10), { length: 5000, texts: 4 });
    expect([full.length, named.length]).toEqual([3, 7]);
  });

  it("still counts where there is no room at all", () => {
    expect(fit(candidates(5, 400), { length: 10, texts: 1 })).toEqual({
      full: [],
      named: [],
      leftOut: 5,
    });
  });
});

describe("fit in another measure", () => {
  it("counts texts and names as it is told to", () => {
    const size = (text: string): number => text.length * 10;
    const room = { length: 5000, texts: 40, names: 400 };
    const { full, named, leftOut } = fit(candidates(100, 20), room, size);
    expect(full).toHaveLength(10);
    expect(named).toHaveLength(5);
    expect(leftOut).toBe(85);
  });
});

describe("shareOut", () => {
  it.each([
    [[100, 200], 1000, [100, 200]],
    [[100, 5000], 1000, [100, 900]],
    [[5000, 100, 5000], 1000, [450, 100, 450]],
    [[5000, 5000], 1000, [500, 500]],
    [[], 1000, []],
  ])("shares %j of %i out as %j", (needs, room, shares) => {
    expect(shareOut(needs, room)).toEqual(shares);
  });
});

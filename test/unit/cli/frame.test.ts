import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckParts } from "../../../src/cli/render/check-text.ts";
import { frameOf, redraw, type FrameLine, type Size } from "../../../src/cli/render/frame.ts";
import { screenOf, type Screen } from "../../harness/screen.ts";

const COMMAND = "  docker compose -p shop up -d web";
const STATUS = { trouble: null, status: "looked at 12:00:00" };

/** A host with so many containers, of which the first is stale. */
function parts(containers: number): CheckParts {
  const rows = Array.from({ length: containers }, (_, i) => `shop-${String(i)}`);
  return {
    summary: "host-1: 1 stale",
    table: ["", "CONTAINER", ...rows],
    warnings: ["! a warning"],
    next: ["", "To run what was built last, type:", COMMAND],
  };
}

const texts = (frame: readonly FrameLine[]): string[] => frame.map(({ text }) => text);

describe("a screenful", () => {
  it("is all there is to say, where there is room", () => {
    const frame = frameOf(parts(2), STATUS, { columns: 80, rows: 12 });
    expect(texts(frame)).toEqual([
      "host-1: 1 stale",
      "",
      "CONTAINER",
      "shop-0",
      "shop-1",
      "! a warning",
      "",
      "To run what was built last, type:",
      COMMAND,
      "",
      "looked at 12:00:00",
    ]);
  });

  it("keeps the worst ones and the command where there is not, and says how much is left out", () => {
    const frame = frameOf(parts(50), STATUS, { columns: 80, rows: 11 });
    expect(texts(frame)).toEqual([
      "host-1: 1 stale",
      "",
      "CONTAINER",
      "shop-0",
      "shop-1",
      "… 49 more lines: a larger window shows them",
      "",
      "To run what was built last, type:",
      COMMAND,
      "",
      "looked at 12:00:00",
    ]);
  });

  it("says above all why it may be out of date", () => {
    const lines = { ...STATUS, trouble: "! no answer" };
    const frame = frameOf(parts(50), lines, { columns: 80, rows: 12 });
    expect(texts(frame).slice(0, 2)).toEqual(["host-1: 1 stale", "! no answer"]);
  });

  it("counts a command that is longer than the terminal is wide as the rows that it takes", () => {
    const frame = frameOf(parts(2), STATUS, { columns: 20, rows: 40 });
    expect(frame.find(({ text }) => text === COMMAND)).toMatchObject({ rows: 2 });
  });

  it("does not count colours", () => {
    const colored = { ...parts(1), table: [`\u001b[1m${"x".repeat(20)}\u001b[22m`] };
    const frame = frameOf(colored, STATUS, { columns: 20, rows: 40 });
    expect(frame[1]).toMatchObject({ rows: 1 });
  });

  it("never is more than the terminal holds", () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 60 }),
        (containers, columns, rows) => {
          const frame = frameOf(parts(containers), STATUS, { columns, rows });
          expect(frame.reduce((sum, line) => sum + line.rows, 0)).toBeLessThanOrEqual(rows);
        },
      ),
    );
  });
});

/** Frames as a terminal of that size may be asked to show them, one after the other. */
const SIZE: Size = { columns: 12, rows: 8 };
const line = fc.string({ unit: fc.constantFrom("a", "b", " "), maxLength: 30 });
const frames = fc.array(fc.array(line, { maxLength: 10 }), { minLength: 1, maxLength: 6 });

/** One screenful of just these lines. */
function frameWith(lines: readonly string[]): readonly FrameLine[] {
  const nothing = { warnings: [], next: [] };
  const [summary = "", ...table] = lines;
  return frameOf({ summary, table, ...nothing }, STATUS, SIZE);
}

async function shown(screen: Screen, changes: readonly string[]): Promise<string> {
  for (const change of changes) await screen.write(change);
  return screen.text;
}

describe("what turns one screenful into the next", () => {
  it("leaves on a terminal just what would be there if it had been blank", async () => {
    await fc.assert(
      fc.asyncProperty(frames, async (sequence) => {
        const all = sequence.map(frameWith);
        const changes = all.map((frame, i) => redraw(all[i - 1] ?? null, frame));
        const anew = redraw(null, all.at(-1) ?? []);
        const [before, blank] = [screenOf(12, 8), screenOf(12, 8)];
        await before.write("something\r\nthat was\r\nthere");
        expect(await shown(before, changes)).toEqual(await shown(blank, [anew]));
      }),
    );
  });

  it("is nothing where nothing has changed", () => {
    const frame = frameWith(["one", "two"]);
    expect(redraw(frame, frameWith(["one", "two"]))).toBe("");
  });

  it("writes only the lines that have changed: nothing flickers", () => {
    const change = redraw(frameWith(["one", "two", "three"]), frameWith(["one", "2", "three"]));
    expect(change).toContain("2");
    expect(change).not.toMatch(/one|three|looked/);
  });
});

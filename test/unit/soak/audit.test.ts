import { describe, expect, it } from "vitest";
import { audit, late, type Reception } from "../../../tools/soak/audit.ts";

const stale = { kind: "stale", container: "web" } as const;
const resolved = { kind: "resolved", container: "web" } as const;
const came = (key: string, at: number, more: Partial<Reception> = {}): Reception => ({
  key,
  at,
  taken: true,
  items: [key.startsWith("r") ? resolved : stale],
  ...more,
});
const once = [{ container: "web", isOver: true }];

function found(receptions: readonly Reception[], kills: readonly number[] = [], told = once) {
  return audit({ incidents: told, receptions, kills });
}

describe("the audit of a channel", () => {
  it("finds nothing where each message came once", () => {
    expect(found([came("s1", 1), came("r1", 2)])).toEqual([]);
  });

  it("does not count what the receiver refused", () => {
    expect(found([came("s1", 1, { taken: false }), came("s1", 2), came("r1", 3)])).toEqual([]);
    expect(found([came("s1", 1, { taken: false }), came("r1", 3)])).toEqual([
      'web: told "resolved", but it was "stale resolved"',
    ]);
  });

  it("excuses a repeat where the daemon was killed between, and only there", () => {
    const twice = [came("s1", 10), came("s1", 20), came("r1", 30)];
    expect(found(twice, [15])).toEqual([]);
    expect(found(twice, [5, 25])).toEqual(["s1 was sent again although it had been taken"]);
  });

  it("finds what was lost", () => {
    expect(found([came("s1", 1)])).toEqual(['web: told "stale", but it was "stale resolved"']);
    expect(found([came("s1", 1)], [], [{ container: "web", isOver: false }])).toEqual([]);
  });

  it("finds an end that overtakes its beginning, and a message that comes late again", () => {
    expect(found([came("r1", 1), came("s1", 2)])).toHaveLength(1);
    expect(found([came("s1", 1), came("r1", 2), came("s1", 3)], [2.5])).toEqual([
      "s1 came again after a later one",
    ]);
  });

  it("knows that one message may end an incident and begin the next", () => {
    const both = came("b", 2, { items: [stale, resolved] });
    const twice = [...once, ...once];
    expect(found([came("s1", 1), both, came("r1", 3)], [], twice)).toEqual([]);
  });

  it("finds what never happened", () => {
    const other = came("s2", 3, { items: [{ kind: "stale", container: "api" }] });
    expect(found([came("s1", 1), came("r1", 2), other])).toEqual([
      'api: told "stale", but it was ""',
    ]);
  });
});

it("a message is late only where nothing excuses it", () => {
  const slow = came("s1", 20_000, { saidAt: 5_000 });
  expect(late([slow], [], 15_000)).toEqual([]);
  expect(late([slow], [], 14_999)).toEqual(["s1 came 15.0 s late"]);
  expect(late([slow], [4_999, 20_001], 1_000)).toHaveLength(1);
  expect(late([slow], [6_000], 1_000)).toEqual([]);
});

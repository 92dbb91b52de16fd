import { describe, expect, it } from "vitest";
import { subjectKey } from "../../../src/domain/ids.ts";
import type { Standing, Turn } from "../../../src/domain/timeline/turns.ts";
import { at, clockOf, minutes, WEB } from "../../unit/domain/builders.ts";
import { stateFixture } from "./fixture.ts";
import { commit, ENGINE, OTHER_ENGINE } from "./records.ts";

const fixture = stateFixture();
const NOTHING = { done: 0, failed: 0, missed: 0 };

function turn(clock: string, standing: Standing, subject = WEB): Turn {
  return { subject, at: at(clock), standing, createdAt: standing === "gone" ? null : at("10:00") };
}

const words = (turns: readonly Turn[]): string[] =>
  turns.map((one) => `${one.subject} ${clockOf(one.at)} ${one.standing}`);

describe("turns", () => {
  const API = subjectKey("compose:shop/api/1");
  const turns = [
    turn("10:00", "pending"),
    turn("11:00", "fresh"),
    turn("12:00", "pending"),
    turn("10:30", "pending", API),
    turn("10:40", "gone", API),
  ];

  it("outlive the process, and are of one engine each", () => {
    const directory = fixture.directory();
    const before = fixture.daemon(directory);
    commit(before, { turns });
    before.close();
    const after = fixture.daemon(directory);
    expect([...after.remember(ENGINE).lastTurns.values()]).toEqual([turns[4], turns[2]]);
    expect(after.remember(OTHER_ENGINE).lastTurns.size).toBe(0);
    expect(after.turnsSince(OTHER_ENGINE, 0)).toEqual([]);
  });

  it("come with the one that was in force when a period began", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { turns });
    expect(words(state.turnsSince(ENGINE, at("11:30")))).toEqual([
      `${API} 10:40 gone`,
      `${WEB} 11:00 fresh`,
      `${WEB} 12:00 pending`,
    ]);
  });

  it("are kept as long as they say what was within the retention", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { turns });
    state.prune(at("12:30"), minutes(60));
    expect(words(state.turnsSince(ENGINE, 0))).toEqual([
      `${WEB} 11:00 fresh`,
      `${WEB} 12:00 pending`,
    ]);
    const { version } = state.remember(ENGINE);
    state.prune(at("12:30"), minutes(60));
    expect(state.version(), "nothing is pruned twice").toBe(version);
  });
});

describe("when somebody watched", () => {
  it("is noted with what was counted, and grows", () => {
    const state = fixture.daemon(fixture.directory());
    const early = { from: at("08:00"), to: at("09:00") };
    state.addTally(at("09:00"), NOTHING, [early, { from: at("10:00"), to: at("10:30") }]);
    state.addTally(at("11:00"), NOTHING, [{ from: at("10:00"), to: at("11:30") }]);
    expect(state.watchesSince(0)).toEqual([early, { from: at("10:00"), to: at("11:30") }]);
    expect(state.watchesSince(at("09:30"))).toEqual([{ from: at("10:00"), to: at("11:30") }]);
  });
});

import { describe, expect, it } from "vitest";
import type { State } from "../../../src/state/state.ts";
import { at } from "../../unit/domain/builders.ts";
import { stateFixture } from "./fixture.ts";
import { commit, posting, subjectOf, told } from "./records.ts";

const fixture = stateFixture();

/** A state in which these containers' news waits, in this order, all posted at 12:20. */
function waitingFor(...containers: readonly string[]): State {
  const state = fixture.daemon(fixture.directory());
  commit(state, { postings: containers.map((name) => posting(name)) });
  return state;
}

describe("the outbox", () => {
  it("has nothing at first", () => {
    const state = fixture.daemon(fixture.directory());
    expect(state.head("slack")).toBeNull();
    expect(state.waiting()).toEqual({ count: 0, oldest: null });
    expect(state.deadLetters(0)).toEqual([]);
  });

  it("gives the message as it was posted", () => {
    expect(waitingFor("web").head("slack")).toEqual({
      id: 1,
      channel: "slack",
      bulletin: told("web"),
      createdAt: at("12:20"),
      attempts: 0,
      nextAttemptAt: at("12:20"),
    });
  });

  it("gives a channel's messages strictly in the order of their posting", () => {
    const state = waitingFor("first", "second");
    commit(state, { postings: [posting("third")], now: at("12:10") });
    const order: (string | null)[] = [];
    for (let head = state.head("slack"); head !== null; head = state.head("slack")) {
      order.push(subjectOf(head));
      state.delivered(head.id);
    }
    expect(order).toEqual(["first", "second", "third"]);
    expect(state.waiting()).toEqual({ count: 0, oldest: null });
  });

  it("keeps the channels apart", () => {
    const state = fixture.daemon(fixture.directory());
    state.post([posting("web", "slack"), posting("web", "email"), posting("db", "email")], 5);
    const first = state.head("email");
    state.delivered(first?.id ?? 0);
    expect(subjectOf(state.head("email"))).toBe("db");
    expect(subjectOf(state.head("slack"))).toBe("web");
    expect(state.head("webhook")).toBeNull();
    expect(state.waiting()).toEqual({ count: 2, oldest: 5 });
  });

  it("keeps a postponed message ahead of the later ones, and counts its attempts", () => {
    const state = waitingFor("first", "second");
    state.postponed(1, at("12:30"), "429");
    state.postponed(1, at("12:50"), "503");
    expect(state.head("slack")).toMatchObject({ id: 1, attempts: 2, nextAttemptAt: at("12:50") });
    expect(state.waiting().count).toBe(2);
  });

  it("makes a dead letter of a message that is given up, and goes on with the next", () => {
    const state = waitingFor("first", "second", "third");
    state.postponed(1, at("12:30"), "503");
    state.dead(1, at("12:40"), "404 no_service");
    state.dead(2, at("12:41"), "404 no_service");
    expect(subjectOf(state.head("slack"))).toBe("third");
    expect(state.waiting()).toEqual({ count: 1, oldest: at("12:20") });
    expect(state.deadLetters(0)).toEqual([
      expect.objectContaining({ id: 2 }),
      {
        id: 1,
        channel: "slack",
        bulletin: told("first"),
        createdAt: at("12:20"),
        attempts: 2,
        deadAt: at("12:40"),
        error: "404 no_service",
      },
    ]);
    expect(state.deadLetters(at("12:41")).map(({ id }) => id)).toEqual([2]);
  });

  it("never gives a number a second time, so that no late answer hits another message", () => {
    const directory = fixture.directory();
    const before = fixture.daemon(directory);
    before.post([posting("first"), posting("second")], 0);
    before.delivered(1);
    before.delivered(2);
    before.close();
    const after = fixture.daemon(directory);
    after.post([posting("third")], 0);
    expect(after.head("slack")?.id).toBe(3);
    after.delivered(1);
    expect(subjectOf(after.head("slack"))).toBe("third");
  });

  it("keeps what waits, with its attempts, over a restart", () => {
    const directory = fixture.directory();
    const before = fixture.daemon(directory);
    before.post([posting("web"), posting("db")], at("12:20"));
    before.postponed(1, at("13:00"), "503");
    before.dead(2, at("12:30"), "410");
    before.close();
    const after = fixture.daemon(directory);
    expect(after.head("slack")).toMatchObject({ attempts: 1, nextAttemptAt: at("13:00") });
    expect(after.deadLetters(0).map(subjectOf)).toEqual(["db"]);
  });
});

import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { subjectKey } from "../../../src/domain/ids.ts";
import type { State } from "../../../src/state/state.ts";
import { imageNamed } from "../../unit/domain/builders.ts";
import { fileIn } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import { commit, deployHold, ENGINE, EVERYTHING, incident, posting, subjectOf } from "./records.ts";

const fixture = stateFixture();

const NEXT = {
  incidents: [incident({ id: "i-2", subject: subjectKey("name:db") })],
  postings: [posting("db")],
};

/** A daemon with something of everything in its state. */
function daemonIn(directory: string): State {
  const daemon = fixture.daemon(directory);
  commit(daemon, EVERYTHING);
  daemon.addHold(ENGINE, deployHold());
  return daemon;
}

function eventsOf(state: State): readonly string[] {
  return state.takeEvents().map(({ event }) => event);
}

/** What a command finds in the file. */
function written(directory: string): unknown {
  const command = fixture.command(directory);
  const { memory, open } = command.remember(ENGINE);
  const messages: (string | null)[] = [];
  for (let head = command.head("slack"); head !== null; head = command.head("slack")) {
    messages.push(subjectOf(head));
    command.delivered(head.id);
  }
  return {
    knowsImage: memory.images.has(imageNamed("v1")),
    holds: memory.holds.map(({ id }) => id),
    open: open.map(({ id }) => id),
    messages,
  };
}

const BOTH = {
  knowsImage: true,
  holds: ["hold-1"],
  open: ["i-1", "i-2"],
  messages: ["web", "db"],
};

describe("a state directory that somebody removes under the daemon", () => {
  it("is noticed at the next scan, and made again with all that was known", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    rmSync(directory, { recursive: true });
    daemon.recover();
    expect(eventsOf(daemon)).toEqual(["state-removed", "state-recovered"]);
    expect(daemon.degraded).toBeNull();
    commit(daemon, NEXT);
    daemon.recover();
    expect(eventsOf(daemon)).toEqual([]);
    expect(written(directory)).toEqual(BOTH);
  });

  it("loses nothing that was committed before it was noticed", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    rmSync(directory, { recursive: true });
    commit(daemon, NEXT);
    daemon.recover();
    expect(written(directory)).toEqual(BOTH);
  });

  it("is noticed at once by what must be in the file, such as a heal's journal", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    rmSync(directory, { recursive: true });
    daemon.addHold(ENGINE, deployHold({ id: "hold-2" }));
    expect(fixture.command(directory).holds(ENGINE, 0)).toHaveLength(2);
    expect(eventsOf(daemon)).toEqual(["state-removed", "state-recovered"]);
  });

  it("keeps the numbers of messages: a late answer hits the right one", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    commit(daemon, NEXT);
    const underWay = daemon.head("slack");
    rmSync(directory, { recursive: true });
    daemon.recover();
    daemon.delivered(underWay?.id ?? 0);
    expect(written(directory)).toEqual({ ...BOTH, messages: ["db"] });
  });

  it("has the owner and the mode that it had", () => {
    const directory = fixture.directory();
    const made = `${directory}/made`;
    mkdirSync(made, { mode: 0o2770 });
    const before = statSync(made);
    const daemon = daemonIn(made);
    rmSync(directory, { recursive: true });
    daemon.recover();
    const { mode, uid, gid } = statSync(made);
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect(statSync(fileIn(made)).mode & 0o777).toBe(0o660);
  });

  it("is used again as soon as it can be made", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    rmSync(directory, { recursive: true });
    writeFileSync(directory, "in its place");
    daemon.recover();
    expect(eventsOf(daemon)).toEqual(["state-removed"]);
    expect(daemon.degraded).toContain("was removed");
    commit(daemon, NEXT);
    daemon.recover();
    expect(eventsOf(daemon)).toEqual([]);
    rmSync(directory);
    daemon.recover();
    expect(eventsOf(daemon)).toEqual(["state-recovered"]);
    expect(written(directory)).toEqual(BOTH);
  });

  it("may be removed again, and is told again", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    for (let time = 0; time < 3; time++) {
      rmSync(directory, { recursive: true });
      daemon.recover();
      expect(eventsOf(daemon)).toEqual(["state-removed", "state-recovered"]);
    }
    commit(daemon, NEXT);
    expect(written(directory)).toEqual(BOTH);
  });
});

describe("another state file in the place of the daemon's", () => {
  it("gets what the daemon knows, and keeps what is in it", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    commit(daemon, NEXT);
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    const command = fixture.command(directory);
    command.addHold(ENGINE, deployHold({ id: "hold-2" }));
    commit(command, { postings: [posting("a test")] });
    daemon.recover();
    expect(eventsOf(daemon)).toEqual(["state-removed", "state-recovered"]);
    expect(written(directory)).toEqual({
      ...BOTH,
      holds: ["hold-1", "hold-2"],
      messages: ["a test", "web", "db"],
    });
  });

  it("is not harmed when the daemon ends before it has noticed", () => {
    const directory = fixture.directory();
    const daemon = daemonIn(directory);
    renameSync(directory, `${directory}-old`);
    mkdirSync(directory);
    const command = fixture.command(directory);
    command.addHold(ENGINE, deployHold({ id: "hold-2" }));
    const before = readdirSync(directory);
    daemon.close();
    rmSync(`${directory}-old`, { recursive: true });
    expect(readdirSync(directory)).toEqual(before);
    expect(fixture.command(directory).holds(ENGINE, 0)).toMatchObject([{ id: "hold-2" }]);
  });
});

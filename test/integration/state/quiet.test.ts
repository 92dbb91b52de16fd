import { readFileSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { State } from "../../../src/state/state.ts";
import { at, minutes } from "../../unit/domain/builders.ts";
import { fileIn } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import { commit, deployHold, ENGINE, EVERYTHING } from "./records.ts";

const fixture = stateFixture();

/** All that the daemon does with its state while nothing happens. */
function quietScan(state: State): void {
  state.recover();
  state.remember(ENGINE);
  state.remember(ENGINE);
  state.saveEngine({ id: ENGINE, name: "host-1" });
  state.outage();
  state.healingOff();
  state.holds(ENGINE, at("12:30"));
  state.prune(at("12:30"), minutes(60));
  state.head("slack");
  state.waiting();
  state.deadLetters(0);
  state.incidents(ENGINE, 0);
  state.takeEvents();
}

/** A state with something of everything in it. */
function usedState(directory: string): State {
  const state = fixture.daemon(directory);
  commit(state, EVERYTHING);
  state.addHold(ENGINE, deployHold());
  state.saveEngine({ id: ENGINE, name: "host-1" });
  return state;
}

/** What this process has written so far, by its own calls and to a disk. */
function written(): { readonly bytes: number; readonly toDisk: number } {
  const io = readFileSync("/proc/self/io", "utf8");
  const count = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, "m").exec(io)?.[1]);
  return { bytes: count("wchar"), toDisk: count("write_bytes") };
}

/** Node's threads wake each other by writing a few bytes; what SQLite writes has at least the size of a page. */
const SMALLEST_PAGE = 512;

function stamps(directory: string): readonly string[] {
  return ["", "-wal"].map((suffix) => {
    const { size, mtimeNs, ctimeNs } = statSync(fileIn(directory) + suffix, { bigint: true });
    return `${size} ${mtimeNs} ${ctimeNs}`;
  });
}

describe("while nothing happens", () => {
  it("no file is touched", () => {
    const directory = fixture.directory();
    const state = usedState(directory);
    quietScan(state);
    const before = stamps(directory);
    for (let scan = 0; scan < 50; scan++) quietScan(state);
    expect(stamps(directory)).toEqual(before);
    state.releaseHold("hold-1");
    expect(stamps(directory), "a write is seen by this test").not.toEqual(before);
  });

  it("nothing is written, anywhere", () => {
    const state = usedState(fixture.directory());
    quietScan(state);
    const before = written();
    for (let scan = 0; scan < 50; scan++) quietScan(state);
    const after = written();
    expect(after.toDisk).toBe(before.toDisk);
    expect(after.bytes - before.bytes).toBeLessThan(SMALLEST_PAGE);
    state.releaseHold("hold-1");
    const bytes = written().bytes - before.bytes;
    expect(bytes, "a write is seen by this test").toBeGreaterThan(SMALLEST_PAGE);
  });

  it("nothing is committed that another process would have to read again", () => {
    const directory = fixture.directory();
    const state = usedState(directory);
    const onlooker = new DatabaseSync(fileIn(directory));
    const version = (): unknown => onlooker.prepare("PRAGMA data_version").get();
    const before = version();
    for (let scan = 0; scan < 50; scan++) quietScan(state);
    expect(version()).toEqual(before);
    state.releaseHold("hold-1");
    expect(version(), "a write is seen by this test").not.toEqual(before);
    onlooker.close();
  });

  it("memory is read once, and again only after somebody wrote", () => {
    const directory = fixture.directory();
    const daemon = usedState(directory);
    const first = daemon.remember(ENGINE);
    expect(daemon.remember(ENGINE)).toBe(first);
    fixture.command(directory).releaseHold("hold-1");
    const second = daemon.remember(ENGINE);
    expect(second.memory.holds).toEqual([]);
    expect(daemon.remember(ENGINE)).toBe(second);
  });
});

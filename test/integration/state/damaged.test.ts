import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CURRENT_VERSION } from "../../../src/state/sqlite.ts";
import { contentOf, fileIn } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import {
  commit,
  ENGINE,
  EVERYTHING,
  incident,
  manyImages,
  posting,
  record,
  subjectOf,
} from "./records.ts";

const fixture = stateFixture();

/** A directory with the file of a state that was used a lot, and closed. */
function usedDirectory(): string {
  const directory = fixture.directory();
  const state = fixture.daemon(directory);
  commit(state, { ...EVERYTHING, change: manyImages() });
  state.close();
  return directory;
}

/** Overwrites a part of the file, from another process: closing it in this one would drop the locks of its state. */
function overwrite(path: string, from: number, bytes: number): void {
  const program = `
    const { openSync, writeSync, closeSync } = require("node:fs");
    const [path, from, bytes] = process.argv.slice(1);
    const file = openSync(path, "r+");
    writeSync(file, Buffer.alloc(Number(bytes), 0xa5), 0, Number(bytes), Number(from));
    closeSync(file);`;
  spawnSync(process.execPath, ["--eval", program, path, String(from), String(bytes)]);
}

const HEADER = 100;

const DAMAGES: readonly (readonly [string, (path: string) => void])[] = [
  ["is no database at all", (path) => writeFileSync(path, "oops, wrong file\n".repeat(1000))],
  ["was cut off", (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ["has no beginning any more", (path) => overwrite(path, 0, HEADER)],
  ["has a damaged table of contents", (path) => overwrite(path, HEADER, 4096 - HEADER)],
  [
    "has damaged pages in its middle",
    (path) => overwrite(path, 4096 * Math.floor(statSync(path).size / 8192), 65_536),
  ],
];

describe.each(DAMAGES)("a state file that %s", (_, damage) => {
  it("is set aside as it is, told once, and replaced by the daemon; healing stays off", () => {
    const directory = usedDirectory();
    damage(fileIn(directory));
    const damaged = contentOf(directory)["stalewatch.db"];

    const state = fixture.daemon(directory);
    const aside = `${fileIn(directory)}.corrupt-2026-05-06T12-00-00-000Z`;
    expect(readFileSync(aside).toString("base64")).toBe(damaged);
    expect(state.takeEvents()).toEqual([
      { event: "state-replaced", setAside: aside, cause: expect.any(String) as string },
    ]);
    expect(state.takeEvents()).toEqual([]);
    expect(state.healingOff()).toBe(aside);
    expect(state.degraded).toBeNull();
    expect(state.remember(ENGINE).memory.images.size).toBe(0);

    commit(state, EVERYTHING);
    state.close();
    const next = fixture.daemon(directory);
    expect(next.takeEvents()).toEqual([]);
    expect(next.remember(ENGINE).open).toEqual([incident()]);
    expect(next.healingOff()).toBe(aside);
  });

  it("is refused by a command, which leaves it to the daemon", () => {
    const directory = usedDirectory();
    damage(fileIn(directory));
    const before = contentOf(directory);
    const use = (): void => {
      const state = fixture.command(directory);
      try {
        state.remember(ENGINE);
      } finally {
        state.close();
      }
    };
    expect(use).toThrow(
      expect.objectContaining({
        code: "STATE_CORRUPT",
        message: expect.stringContaining(fileIn(directory)) as string,
        hint: expect.stringContaining("systemctl restart stalewatch") as string,
      }),
    );
    expect(contentOf(directory)).toEqual(before);
  });
});

describe("a state file", () => {
  it("that gets damaged while it is in use is replaced without an error", () => {
    const directory = usedDirectory();
    const state = fixture.daemon(directory);
    const { size } = statSync(fileIn(directory));
    overwrite(fileIn(directory), 4096, size - 4096);
    expect(state.remember(ENGINE).memory.images.size).toBe(0);
    expect(state.takeEvents().map(({ event }) => event)).toEqual(["state-replaced"]);
    expect(state.healingOff()).toContain(".corrupt-");
    commit(state, EVERYTHING);
    expect(state.remember(ENGINE).open).toEqual([incident()]);
  });

  it("that gets damaged while a scan is under way makes the scan be judged again", () => {
    const directory = usedDirectory();
    const state = fixture.daemon(directory);
    const { version } = state.remember(ENGINE);
    overwrite(fileIn(directory), 0, statSync(fileIn(directory)).size);
    const learned = { change: manyImages(5), incidents: [incident()], postings: [posting("web")] };
    let judgedOn = version;
    while (!state.commitScan(record(judgedOn, learned))) judgedOn = state.remember(ENGINE).version;
    expect(judgedOn).not.toBe(version);
    expect(state.healingOff()).not.toBeNull();
    expect(state.remember(ENGINE).open).toEqual([incident()]);
    expect(subjectOf(state.head("slack"))).toBe("web");
  });

  it("that gets damaged while a command uses it, is reported as that", () => {
    const directory = usedDirectory();
    const state = fixture.command(directory);
    const { size } = statSync(fileIn(directory));
    overwrite(fileIn(directory), 4096, size - 4096);
    expect(() => state.remember(ENGINE)).toThrow(
      expect.objectContaining({ code: "STATE_CORRUPT" }),
    );
  });

  it("that is empty is a new one: it was made, and not written yet", () => {
    const directory = fixture.directory();
    writeFileSync(fileIn(directory), "");
    const state = fixture.command(directory);
    commit(state, EVERYTHING);
    expect(state.takeEvents()).toEqual([]);
  });
});

describe("a state file of a newer program", () => {
  /** With a table and a version that this program does not know. */
  const NEWER = `
    CREATE TABLE prophecy (text TEXT);
    INSERT INTO prophecy VALUES ('it will be fine');
    PRAGMA user_version = ${CURRENT_VERSION + 1};`;

  /** Made by another process, which is killed without a chance to tidy up if told so. */
  function newerDirectory(journal: "WAL" | "DELETE", killed: boolean): string {
    const directory = fixture.directory();
    const program = `
      const { DatabaseSync } = require("node:sqlite");
      const database = new DatabaseSync(process.argv[1]);
      database.exec("PRAGMA journal_mode = ${journal}");
      database.exec(${JSON.stringify(NEWER)});
      ${killed ? "process.kill(process.pid, 'SIGKILL')" : "database.close()"};`;
    spawnSync(process.execPath, ["--eval", program, fileIn(directory)]);
    return directory;
  }

  it.each([
    ["that was closed", "WAL", false],
    ["that was killed", "WAL", true],
    ["that keeps another journal", "DELETE", false],
  ] as const)("%s is refused, and not a byte of it changed", (_, journal, killed) => {
    const directory = newerDirectory(journal, killed);
    const before = contentOf(directory);
    for (const open of [fixture.daemon, fixture.command])
      expect(() => open(directory)).toThrow(
        expect.objectContaining({
          code: "STATE_NEWER",
          message: expect.stringContaining(`its version ${CURRENT_VERSION + 1}`) as string,
          hint: expect.stringContaining("install that stalewatch again") as string,
        }),
      );
    const { "stalewatch.db-shm": index, ...files } = contentOf(directory);
    const { "stalewatch.db-shm": indexBefore, ...filesBefore } = before;
    expect(files).toEqual(filesBefore);
    // The index of the log is made anew by whoever reads the file first after a crash.
    expect(index === undefined).toBe(indexBefore === undefined);
  });
});

describe("a state directory", () => {
  it("in which a directory has the file's name cannot be used", () => {
    const directory = fixture.directory();
    mkdirSync(join(directory, "stalewatch.db"));
    expect(() => fixture.command(directory)).toThrow(
      expect.objectContaining({ code: "STATE_UNUSABLE" }),
    );
  });
});

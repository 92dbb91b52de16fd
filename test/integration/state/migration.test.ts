import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MIGRATIONS } from "../../../src/state/schema.ts";
import type { State } from "../../../src/state/state.ts";
import { at, imageNamed } from "../../unit/domain/builders.ts";
import { contentOf, fileIn } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import { commit, deployHold, ENGINE, EVERYTHING, incident, subjectOf } from "./records.ts";

const fixture = stateFixture();

afterEach(() => {
  vi.doUnmock("../../../src/state/schema.ts");
  vi.resetModules();
});

/** Opens a state as a later program does, which knows these migrations in addition. */
async function openedByLater(directory: string, ...migrations: readonly string[]): Promise<State> {
  vi.resetModules();
  vi.doMock("../../../src/state/schema.ts", () => ({ MIGRATIONS: [...MIGRATIONS, ...migrations] }));
  const program = await import("../../../src/state/state.ts");
  const now = (): Date => new Date(at("12:00"));
  return new program.State({ directory, mayReplace: true, now });
}

/** A directory that a program of today has used. */
function usedDirectory(): string {
  const directory = fixture.directory();
  const today = fixture.daemon(directory);
  commit(today, EVERYTHING);
  today.addHold(ENGINE, deployHold());
  today.close();
  return directory;
}

function query(directory: string, sql: string): unknown {
  const database = new DatabaseSync(fileIn(directory), { readOnly: true });
  try {
    return database.prepare(sql).get();
  } finally {
    database.close();
  }
}

const NOTES = "ALTER TABLE hold ADD COLUMN note TEXT; UPDATE hold SET note = 'migrated';";
const JOURNAL = "CREATE TABLE journal (id TEXT PRIMARY KEY) STRICT;";

describe("a later program", () => {
  it("finds everything that was there, and brings the file to its version", async () => {
    const directory = usedDirectory();
    const state = await openedByLater(directory, NOTES, JOURNAL);
    const { memory, open } = state.remember(ENGINE);
    expect(memory.images.has(imageNamed("v1"))).toBe(true);
    expect(memory.holds).toEqual([deployHold()]);
    expect(open).toEqual([incident()]);
    expect(subjectOf(state.head("slack"))).toBe("web");
    expect(state.takeEvents()).toEqual([]);
    state.close();
    expect(query(directory, "PRAGMA user_version")).toEqual({
      user_version: MIGRATIONS.length + 2,
    });
    expect(query(directory, "SELECT note FROM hold")).toEqual({ note: "migrated" });
  });

  it("migrates once, and only what the file has not seen", async () => {
    const directory = usedDirectory();
    (await openedByLater(directory, NOTES)).close();
    (await openedByLater(directory, NOTES)).close();
    const before = contentOf(directory);
    (await openedByLater(directory, NOTES)).close();
    expect(contentOf(directory)).toEqual(before);
    (await openedByLater(directory, NOTES, JOURNAL)).close();
    expect(query(directory, "PRAGMA user_version")).toEqual({
      user_version: MIGRATIONS.length + 2,
    });
  });

  it("leaves the file at its version when a migration fails", async () => {
    const directory = usedDirectory();
    const before = contentOf(directory);
    const failing = "UPDATE nonsense SET x = 1";
    await expect(openedByLater(directory, NOTES, failing)).rejects.toThrow(/no such table/);
    expect(contentOf(directory)).toEqual(before);
    expect(fixture.daemon(directory).remember(ENGINE).open).toEqual([incident()]);
  });

  it("does not disturb the daemon of today that still runs, which then refuses to start", async () => {
    const directory = usedDirectory();
    const today = fixture.daemon(directory);
    const later = await openedByLater(directory, JOURNAL);
    today.addHold(ENGINE, deployHold({ id: "hold-2" }));
    expect(later.remember(ENGINE).memory.holds.map(({ id }) => id)).toEqual(["hold-1", "hold-2"]);
    later.close();
    today.close();
    expect(() => fixture.daemon(directory)).toThrow(
      expect.objectContaining({ code: "STATE_NEWER" }),
    );
  });
});

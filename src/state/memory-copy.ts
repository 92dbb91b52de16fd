import { constants, DatabaseSync, type Session } from "node:sqlite";
import { integer, migrate, textOf, transaction } from "./sqlite.ts";

/** A database in memory that stands in for a file, and knows what was changed in it since. */
export interface MemoryCopy {
  readonly database: DatabaseSync;
  readonly changes: Session;
  /** False where the file could not be read: what is in it then goes before what was made here without knowing it. */
  readonly knowsFile: boolean;
}

/** Far beyond any number that a file has given to a message: those given without knowing the file never meet its own. */
const UNKNOWN_NUMBERS = 2 ** 40;

/** Begins as what is in the file, or empty where that cannot be read. */
export function copyInMemory(file: DatabaseSync | null): MemoryCopy {
  const database = new DatabaseSync(":memory:");
  const image = file?.serialize() ?? new Uint8Array();
  const knowsFile = image.length > 0;
  if (knowsFile) database.deserialize(withoutLog(image));
  migrate(database);
  if (!knowsFile)
    database.exec(`INSERT INTO sqlite_sequence VALUES ('outbox', ${UNKNOWN_NUMBERS})`);
  return { database, changes: database.createSession(), knowsFile };
}

/** Begins as everything that is in a database, all of it as a change: for a file that is gone, and whose successor has
 *  nothing of it. */
export function copyAsChanges(from: DatabaseSync): MemoryCopy {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  const changes = database.createSession();
  database.exec("ATTACH ':memory:' AS gone");
  database.deserialize(withoutLog(from.serialize()), { dbName: "gone" });
  for (const table of tablesOf(database))
    database.exec(`INSERT OR REPLACE INTO main.${table} SELECT * FROM gone.${table}`);
  database.exec("DETACH gone");
  return { database, changes, knowsFile: false };
}

function tablesOf(database: DatabaseSync): readonly string[] {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return database
    .prepare(sql)
    .all()
    .map((row) => textOf(row, "name"));
}

/** Bytes 18 and 19 of a database say that it keeps a write-ahead log (2), which memory cannot. */
function withoutLog(image: Uint8Array): Uint8Array {
  image.fill(1, 18, 20);
  return image;
}

const { SQLITE_CHANGESET_DATA, SQLITE_CHANGESET_CONFLICT } = constants;
const { SQLITE_CHANGESET_REPLACE, SQLITE_CHANGESET_OMIT } = constants;

/** Does to the file what was done to its copy, so that what others wrote to the file meanwhile stays. */
export function repeatChanges(copy: MemoryCopy, file: DatabaseSync): void {
  const { changes, knowsFile } = copy;
  if (!knowsFile) renumber(copy.database, file);
  const onConflict = (kind: number): number => {
    if (kind === SQLITE_CHANGESET_DATA) return SQLITE_CHANGESET_REPLACE;
    const oursCounts = kind === SQLITE_CHANGESET_CONFLICT && knowsFile;
    return oursCounts ? SQLITE_CHANGESET_REPLACE : SQLITE_CHANGESET_OMIT;
  };
  transaction(file, () => file.applyChangeset(changes.changeset(), { onConflict }));
}

/** Messages that got their numbers without knowing the file must not meet its own. */
function renumber(copy: DatabaseSync, file: DatabaseSync): void {
  const taken = file.prepare("SELECT max(seq) AS id FROM sqlite_sequence").get();
  const first = copy.prepare("SELECT min(id) AS id FROM outbox").get();
  if (integer(first, "id") > integer(taken, "id")) return;
  copy.prepare("UPDATE outbox SET id = id + ?").run(UNKNOWN_NUMBERS);
}

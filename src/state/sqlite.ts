import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { MIGRATIONS } from "./schema.ts";

/** SQLite's primary result codes, from sqlite.org/rescode.html. */
const RESULT = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  constraint: 19,
  notadb: 26,
} as const;

/** Extended codes carry the primary one in their low byte. */
function resultOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : null;
}

/** The file is damaged or is no database: waiting does not help. */
export function isCorruption(error: unknown): boolean {
  const code = resultOf(error);
  return code === RESULT.corrupt || code === RESULT.notadb;
}

const UNWRITABLE: readonly (number | null)[] = [
  RESULT.readonly,
  RESULT.ioerr,
  RESULT.full,
  RESULT.cantopen,
];
const UNWRITABLE_SYSTEM: readonly unknown[] = [
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EDQUOT",
  "EIO",
  "ENOENT",
  "ENOTDIR",
];

/** The disk is full, read-only, failing or not ours: it may be better later. */
export function isUnwritable(error: unknown): boolean {
  if (UNWRITABLE.includes(resultOf(error))) return true;
  return UNWRITABLE_SYSTEM.includes((error as { code?: unknown } | null)?.code);
}

/** Another connection holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  const code = resultOf(error);
  return code === RESULT.busy || code === RESULT.locked;
}

/** A row that must be there once is there already. */
export function isConstraint(error: unknown): boolean {
  return resultOf(error) === RESULT.constraint;
}

/** How long a statement waits for another process that writes, in milliseconds: far longer than any transaction of
 *  ours, well below a scan's interval. */
const BUSY_TIMEOUT = 5000;

/** Opens the file, and makes it where it is missing: mode 0660, because whoever is in the directory's group may use the
 *  state too. SQLite itself would make it 0644; it gives the files beside it the mode of this one. */
export function openShared(path: string, timeout: number): DatabaseSync {
  // Never opened when it is there: closing any descriptor of a file drops all POSIX locks of the process on it.
  if (!existsSync(path)) createShared(path);
  return new DatabaseSync(path, { timeout });
}

function createShared(path: string): void {
  const umask = process.umask(0o007);
  try {
    closeSync(openSync(path, "a", 0o660));
  } finally {
    process.umask(umask);
  }
}

/** With the durability that the outbox needs: WAL, and one fsync a commit. What is deleted is overwritten, because the
 *  journal of heals holds people's environment variables for a while. */
export function openDatabase(path: string): DatabaseSync {
  const database = openShared(path, BUSY_TIMEOUT);
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Writes the log into the file and empties it: it holds all pages as they were before. Where somebody reads just then,
 *  the next time does it. */
export function emptyLog(database: DatabaseSync): void {
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** The file as it is, for reading only, or null where that is not possible. `immutable` sees nothing of a log, and
 *  neither needs the files beside the database nor makes them. */
export function openToRead(path: string): DatabaseSync | null {
  const immutable = `${pathToFileURL(path).href}?immutable=1`;
  const ways = existsSync(`${path}-wal`) ? [path, immutable] : [immutable];
  for (const location of ways) {
    let database: DatabaseSync | null = null;
    try {
      database = new DatabaseSync(location, { readOnly: true, timeout: BUSY_TIMEOUT });
      versionOf(database);
      return database;
    } catch {
      database?.close();
    }
  }
  return null;
}

export function versionOf(database: DatabaseSync): number {
  return integer(database.prepare("PRAGMA user_version").get(), "user_version");
}

export const CURRENT_VERSION = MIGRATIONS.length;

/** Runs what the file has not seen, in one transaction; another process may be doing the same. */
export function migrate(database: DatabaseSync): void {
  if (versionOf(database) >= CURRENT_VERSION) return;
  transaction(database, () => {
    for (const sql of MIGRATIONS.slice(versionOf(database))) database.exec(sql);
    database.exec(`PRAGMA user_version = ${CURRENT_VERSION}`);
  });
}

/** All or nothing; takes the write lock at once, so that nothing read inside can be outdated at the commit. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Reads every page: a damaged file is found at the start, not in the middle of a heal. */
export function refuseDamaged(database: DatabaseSync): void {
  const result = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (result === "ok") return;
  throw Object.assign(new Error(`quick_check: ${String(result)}`), { errcode: RESULT.corrupt });
}

export function isWhole(database: DatabaseSync): boolean {
  try {
    refuseDamaged(database);
    return true;
  } catch {
    return false;
  }
}

export function integer(
  row: Readonly<Record<string, unknown>> | undefined,
  column: string,
): number {
  const value = row?.[column];
  return typeof value === "number" ? value : 0;
}

export function textOf(row: Readonly<Record<string, unknown>>, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : "";
}

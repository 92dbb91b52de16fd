import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StalewatchError } from "../domain/error.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { isInPlace, placeOf, type Place } from "./place.ts";
import { integer, isBusy, isUnwritable, openShared, textOf } from "./sqlite.ts";
import { isThere, unusable } from "./unusable.ts";

/** Held by the one process that scans for, and delivers from, a state directory. Released when it ends, however it
 *  ends: the lock is the operating system's, on a database of its own that keeps the owner's name beside it. */
export interface DaemonLock {
  /** Takes the lock again where somebody removed its file; throws `STATE_LOCKED` when another process was faster. */
  renew(): void;
  release(): void;
}

export interface LockOwner {
  readonly pid: number;
  readonly since: EpochMs;
  readonly command: string;
}

/** How long a look at the lock may be in the way of taking it, in milliseconds: it lasts a fraction of that. */
const LOOK_TIMEOUT = 500;

/** `daemon`: held as long as a process watches; `heal`: as long as one acts on containers, the daemon or a command. */
export type LockName = "daemon" | "heal";

/** Takes the lock, or throws `STATE_LOCKED` with the owner's name. null where the directory cannot be written: a full
 *  disk must not stop the watching. */
export function takeLock(
  directory: string,
  owner: LockOwner,
  name: LockName = "daemon",
): DaemonLock | null {
  const file = join(directory, `${name}.lock`);
  try {
    let held = hold(file, owner);
    return {
      renew: () => {
        if (isInPlace(held.place)) return;
        held.release();
        held = hold(file, owner);
      },
      release: () => {
        held.release();
      },
    };
  } catch (error) {
    if (isUnwritable(error)) return null;
    throw error;
  }
}

interface Held {
  readonly place: Place;
  release(): void;
}

function hold(file: string, owner: LockOwner): Held {
  const database = openLock(file, LOOK_TIMEOUT);
  try {
    claim(database, owner, dirname(file));
    return { place: placeOf(file), release: closer(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A rollback journal: its write lock keeps writers out and lets readers learn the owner's name. */
function openLock(file: string, timeout: Milliseconds): DatabaseSync {
  const database = openShared(file, timeout);
  database.exec("PRAGMA journal_mode = DELETE");
  return database;
}

function claim(database: DatabaseSync, owner: LockOwner, directory: string): void {
  try {
    database.exec("BEGIN IMMEDIATE");
    database.exec(
      "CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER, since INTEGER, command TEXT)",
    );
    database
      .prepare("INSERT OR REPLACE INTO owner VALUES (1, ?, ?, ?)")
      .run(owner.pid, owner.since, owner.command);
    database.exec("COMMIT; BEGIN IMMEDIATE");
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw locked(directory, readOwner(database), error);
  }
}

function closer(database: DatabaseSync): () => void {
  return () => {
    if (database.isOpen) database.close();
  };
}

function readOwner(database: DatabaseSync): LockOwner | null {
  try {
    const row = database.prepare("SELECT pid, since, command FROM owner").get();
    if (row === undefined) return null;
    return {
      pid: integer(row, "pid"),
      since: integer(row, "since"),
      command: textOf(row, "command"),
    };
  } catch {
    return null;
  }
}

function locked(directory: string, owner: LockOwner | null, cause: unknown): StalewatchError {
  const who =
    owner === null
      ? "another stalewatch"
      : `stalewatch ${owner.command} (pid ${owner.pid}, since ${new Date(owner.since).toISOString()})`;
  return new StalewatchError(
    "STATE_LOCKED",
    `${who} already uses the state directory ${directory}`,
    {
      hint: "stop the other one, or give this one a state directory of its own (state, or STALEWATCH_STATE)",
      cause,
    },
  );
}

/** The process that holds the lock now, or null if nobody does. Throws `STATE_UNUSABLE` where one may not look. */
export function lockHolder(directory: string, name: LockName = "daemon"): LockOwner | null {
  const path = join(directory, `${name}.lock`);
  if (!isThere(path)) return null;
  let database: DatabaseSync | null = null;
  try {
    database = openLock(path, 0);
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return null;
  } catch (error) {
    if (database !== null && isBusy(error)) return readOwner(database);
    throw unusable(path, error);
  } finally {
    database?.close();
  }
}

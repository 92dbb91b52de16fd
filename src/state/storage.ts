import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../domain/error.ts";
import { copyAsChanges, copyInMemory, repeatChanges, type MemoryCopy } from "./memory-copy.ts";
import { isInPlace, makeDirectoryAgain, placeOf, type Place } from "./place.ts";
import { corrupt, refuseNewer } from "./refusals.ts";
import {
  emptyLog,
  integer,
  isCorruption,
  isUnwritable,
  isWhole,
  migrate,
  openDatabase,
  openToRead,
  refuseDamaged,
  transaction,
} from "./sqlite.ts";
import { unusable } from "./unusable.ts";

export interface StorageOptions {
  readonly directory: string;
  /** Whether a damaged file may be set aside and replaced: only for the holder of the daemon's lock. */
  readonly mayReplace: boolean;
  readonly now: () => Date;
}

/** Something about the file that a person must hear of. */
export type StorageEvent =
  | { readonly event: "state-replaced"; readonly setAside: string; readonly cause: string }
  | { readonly event: "state-removed"; readonly path: string }
  | { readonly event: "state-degraded"; readonly cause: string }
  | { readonly event: "state-recovered" };

const FILE = "stalewatch.db";

/** The state file, or, while it cannot be written, a copy of it in memory: scanning and alerting go on without a disk.
 *  INVARIANTS: every statement runs through `read` or `write`; what a `write` did is in the file when it returns,
 *  unless `degraded` says otherwise. */
export class Storage {
  readonly #options: StorageOptions;
  readonly #events: StorageEvent[] = [];
  #database: DatabaseSync;
  /** Where the file is; null where it could not be opened, or is gone. */
  #place: Place | null = null;
  /** Where it was before somebody removed it; null once there is a new one. */
  #lost: Place | null = null;
  #degraded: { readonly cause: string; readonly copy: MemoryCopy } | null = null;
  /** The damaged file that was set aside, as long as the new one does not say so. */
  #damaged: string | null = null;
  /** Counts what another connection's `data_version` cannot show: our own writes and changes of the file itself. */
  #generation = 0;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.#database = this.#orInMemory(() => this.#openOrReplace());
  }

  get path(): string {
    return join(this.#options.directory, FILE);
  }

  /** Why nothing is being written to the file, or null when all is well. */
  get degraded(): string | null {
    return this.#degraded?.cause ?? null;
  }

  /** What happened to the file since the last call. */
  takeEvents(): StorageEvent[] {
    return this.#events.splice(0);
  }

  /** Changes whenever anything was written, by this process or another. */
  version(): string {
    return this.read((database) => {
      const seen = integer(database.prepare("PRAGMA data_version").get(), "data_version");
      return `${this.#generation}.${seen}`;
    });
  }

  read<T>(work: (database: DatabaseSync) => T): T {
    return this.#guarded(() => work(this.#database));
  }

  /** One transaction. Where the disk refuses it, it is done in memory instead. */
  write<T>(work: (database: DatabaseSync) => T): T {
    return this.#guarded(() => {
      try {
        return this.#commit(work);
      } catch (error) {
        if (this.#degraded !== null || !isUnwritable(error)) throw error;
        this.#degrade(error);
        return this.write(work);
      }
    });
  }

  /** One transaction in the file, or an error: for what somebody relies on when this process has ended. */
  writeToFile<T>(work: (database: DatabaseSync) => T): T {
    if (this.#place !== null && !isInPlace(this.#place)) this.recover();
    return this.#guarded(() => {
      if (this.#degraded !== null) throw unusable(this.path, this.#degraded.cause);
      try {
        return this.#commit(work);
      } catch (error) {
        throw isUnwritable(error) ? unusable(this.path, error) : error;
      }
    });
  }

  /** As `writeToFile`; and what it deleted is nowhere on the disk afterwards, the log included. */
  eraseInFile<T>(work: (database: DatabaseSync) => T): T {
    const result = this.writeToFile(work);
    this.#emptyLog();
    return result;
  }

  /** As `write`; and what it deleted is nowhere on the disk afterwards. */
  erase<T>(work: (database: DatabaseSync) => T): T {
    const result = this.write(work);
    this.#emptyLog();
    return result;
  }

  /** Never the failure of what was committed before it. */
  #emptyLog(): void {
    try {
      emptyLog(this.#database);
    } catch {
      // A disk that takes nothing shows at the next commit.
    }
  }

  #commit<T>(work: (database: DatabaseSync) => T): T {
    const result = transaction(this.#database, () => work(this.#database));
    this.#generation++;
    return result;
  }

  /** Notices that somebody removed the file, and puts what is kept in memory into the file, if the disk takes it. */
  recover(): void {
    if (this.#place !== null && !isInPlace(this.#place)) this.#takeAlong(this.#place);
    if (this.#degraded === null) return;
    let file: DatabaseSync | null = null;
    try {
      if (this.#lost !== null) makeDirectoryAgain(this.#lost);
      file = this.#openOrReplace();
      repeatChanges(this.#degraded.copy, file);
    } catch {
      file?.close();
      return;
    }
    this.#database.close();
    this.#database = file;
    this.#degraded = null;
    this.#generation++;
    this.#events.push({ event: "state-recovered" });
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isCorruption(error)) throw error;
      if (!this.#options.mayReplace) throw corrupt(this.path, error);
      this.#database.close();
      this.#database = this.#orInMemory(() => this.#replace(error));
      return work();
    }
  }

  /** Only the daemon goes on without the file: it is there to watch. */
  #orInMemory(open: () => DatabaseSync): DatabaseSync {
    try {
      return open();
    } catch (error) {
      if (isCorruption(error)) throw corrupt(this.path, error);
      if (!isUnwritable(error) || !this.#options.mayReplace) throw unusable(this.path, error);
      const file = openToRead(this.path);
      try {
        return this.#inMemory(error, file);
      } finally {
        file?.close();
      }
    }
  }

  #openOrReplace(): DatabaseSync {
    try {
      return this.#openFile();
    } catch (error) {
      if (!isCorruption(error) || !this.#options.mayReplace) throw error;
      return this.#replace(error);
    }
  }

  #openFile(): DatabaseSync {
    refuseNewer(this.path);
    const database = openDatabase(this.path);
    try {
      if (this.#options.mayReplace) refuseDamaged(database);
      migrate(database);
      this.#tellDamage(database);
      this.#place = placeOf(this.path);
      this.#lost = null;
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The damaged file is kept under another name: it may hold the definition of a container that was being healed. */
  #replace(cause: unknown): DatabaseSync {
    const stamp = this.#options.now().toISOString().replaceAll(/[:.]/g, "-");
    const setAside = `${this.path}.corrupt-${stamp}`;
    renameSync(this.path, setAside);
    for (const suffix of ["-wal", "-shm"])
      if (existsSync(this.path + suffix)) renameSync(this.path + suffix, setAside + suffix);
    this.#generation++;
    this.#events.push({ event: "state-replaced", setAside, cause: messageOf(cause) });
    this.#damaged = setAside;
    return this.#openFile();
  }

  #tellDamage(database: DatabaseSync): void {
    const damaged = this.#damaged;
    if (damaged === null) return;
    transaction(database, () => {
      database.prepare("INSERT OR REPLACE INTO meta VALUES ('healing-off', ?)").run(damaged);
    });
    this.#damaged = null;
  }

  #degrade(cause: unknown): void {
    const file = this.#database;
    this.#database = this.#inMemory(cause, file);
    file.close();
  }

  /** What is written to a file that is gone goes nowhere: all that is known is kept in memory until there is a new one. */
  #takeAlong(place: Place): void {
    const known = this.#database;
    const copy = isWhole(known) ? copyAsChanges(known) : copyInMemory(null);
    this.#degraded = { cause: `${place.path} was removed`, copy };
    this.#database = copy.database;
    known.close();
    this.#place = null;
    this.#lost = place;
    this.#generation++;
    this.#events.push({ event: "state-removed", path: place.path });
  }

  #inMemory(cause: unknown, file: DatabaseSync | null): DatabaseSync {
    const copy = copyInMemory(file !== null && isWhole(file) ? file : null);
    this.#degraded = { cause: messageOf(cause), copy };
    this.#generation++;
    this.#events.push({ event: "state-degraded", cause: messageOf(cause) });
    this.#tellDamage(copy.database);
    return copy.database;
  }
}

import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf, StalewatchError } from "../domain/error.ts";
import { copyTables } from "./copy.ts";
import {
  CURRENT_VERSION,
  integer,
  isCorruption,
  isUnwritable,
  migrate,
  openDatabase,
  transaction,
  versionOf,
} from "./sqlite.ts";

export interface StorageOptions {
  readonly directory: string;
  /** Whether a damaged file may be set aside and replaced: only for the holder of the daemon's lock. */
  readonly mayReplace: boolean;
  readonly now: () => Date;
}

/** Something about the file that a person must hear of. */
export type StorageEvent =
  | { readonly event: "state-replaced"; readonly setAside: string; readonly cause: string }
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
  #degraded: string | null = null;
  /** Counts what another connection's `data_version` cannot show: our own writes and changes of the file itself. */
  #generation = 0;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.#database = this.#openOrReplace();
  }

  get path(): string {
    return join(this.#options.directory, FILE);
  }

  /** Why nothing is being written to the file, or null when all is well. */
  get degraded(): string | null {
    return this.#degraded;
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
        const result = transaction(this.#database, () => work(this.#database));
        this.#generation++;
        return result;
      } catch (error) {
        if (this.#degraded !== null || !isUnwritable(error)) throw error;
        this.#degrade(error);
        return this.write(work);
      }
    });
  }

  /** Puts what was kept in memory into the file, if the disk takes it again. */
  recover(): void {
    if (this.#degraded === null) return;
    let file: DatabaseSync | null = null;
    try {
      file = this.#openFile();
      copyTables(this.#database, file);
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
      if (!isCorruption(error) || !this.#options.mayReplace) throw error;
      this.#database.close();
      this.#database = this.#replace(error);
      return work();
    }
  }

  #openOrReplace(): DatabaseSync {
    try {
      return this.#openFile();
    } catch (error) {
      if (isCorruption(error) && this.#options.mayReplace) return this.#replace(error);
      if (isCorruption(error)) throw corrupt(this.path, error);
      if (!isUnwritable(error) || !this.#options.mayReplace) throw unusable(this.path, error);
      return this.#inMemory(messageOf(error));
    }
  }

  #openFile(): DatabaseSync {
    const database = openDatabase(this.path);
    try {
      const version = versionOf(database);
      if (version > CURRENT_VERSION) throw newer(this.path, version);
      if (this.#options.mayReplace) check(database);
      migrate(database);
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
    const database = this.#openFile();
    transaction(database, () => {
      database.prepare("INSERT OR REPLACE INTO meta VALUES ('healing-off', ?)").run(setAside);
    });
    return database;
  }

  #degrade(cause: unknown): void {
    const file = this.#database;
    this.#database = this.#inMemory(messageOf(cause));
    try {
      copyTables(file, this.#database);
    } finally {
      file.close();
    }
  }

  #inMemory(cause: string): DatabaseSync {
    const database = new DatabaseSync(":memory:");
    migrate(database);
    this.#degraded = cause;
    this.#generation++;
    this.#events.push({ event: "state-degraded", cause });
    return database;
  }
}

/** Reads every page: a damaged file is found at the start, not in the middle of a heal. */
function check(database: DatabaseSync): void {
  const result = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (result === "ok") return;
  throw Object.assign(new Error(`quick_check: ${String(result)}`), { errcode: 11 });
}

function newer(path: string, version: number): StalewatchError {
  return new StalewatchError(
    "STATE_NEWER",
    `${path} was written by a newer stalewatch (its version ${version}, this one knows ${CURRENT_VERSION})`,
    {
      hint: "install that stalewatch again, or move the file away: its incidents and holds are then forgotten",
    },
  );
}

function corrupt(path: string, cause: unknown): StalewatchError {
  return new StalewatchError("STATE_CORRUPT", `${path} is damaged: ${messageOf(cause)}`, {
    hint: "the daemon sets it aside and starts a new one at its next start (`systemctl restart stalewatch`)",
    cause,
  });
}

function unusable(path: string, cause: unknown): StalewatchError {
  if (cause instanceof StalewatchError) return cause;
  return new StalewatchError("STATE_UNUSABLE", `cannot use ${path}: ${messageOf(cause)}`, {
    hint: "run as root or as a member of the group that owns the directory, usually docker; see also `df` and `mount`",
    cause,
  });
}

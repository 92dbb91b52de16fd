import type { DatabaseSync } from "node:sqlite";
import {
  engineId,
  type EngineId,
  type EpochMs,
  type Milliseconds,
  type SubjectKey,
} from "../domain/ids.ts";
import type { Incident } from "../domain/incident.ts";
import type { Memory } from "../domain/memory.ts";
import type { EngineIdentity } from "../domain/observation.ts";
import type { Outage } from "../domain/outage.ts";
import type { ScanTally } from "../domain/report/report.ts";
import type { MemoryChange } from "../domain/remember.ts";
import type { Stretch } from "../domain/timeline/timeline.ts";
import type { Turn } from "../domain/timeline/turns.ts";
import type { Hold } from "../domain/verdict.ts";
import type { Outbox, OutboxMessage } from "../notify/outbox.ts";
import { HealBook } from "./heal-book.ts";
import { countOldHeals, countOpenHeals, pruneHeals } from "./heal-table.ts";
import * as outbox from "./outbox-table.ts";
import type { DeadLetter, Posting } from "./outbox-table.ts";
import { integer, textOf } from "./sqlite.ts";
import { addTally, pruneTallies, tallySince } from "./tally-table.ts";
import { Storage, type StorageEvent, type StorageOptions } from "./storage.ts";
import * as tables from "./tables.ts";
import * as timeline from "./timeline-table.ts";

/** What is remembered of one engine, and which version of the state says so. */
export interface Remembered {
  readonly memory: Memory;
  readonly open: readonly Incident[];
  /** Whether people know that the breaker has tripped. */
  readonly breakerTold: boolean;
  /** The latest turn of each subject that has any. */
  readonly lastTurns: ReadonlyMap<SubjectKey, Turn>;
  readonly version: string;
}

/** Everything that one scan leaves behind, to be committed as one. */
export interface ScanRecord {
  readonly engine: EngineId;
  /** The version that the scan was judged on. */
  readonly version: string;
  readonly change: MemoryChange;
  readonly turns: readonly Turn[];
  readonly incidents: readonly Incident[];
  readonly postings: readonly Posting[];
  /** The engine answered, so an outage that was told of has ended. */
  readonly endsOutage: boolean;
  readonly breakerTold: boolean;
  readonly now: EpochMs;
}

/** All that outlives a process, over one SQLite file. */
export class State implements Outbox {
  readonly heals: HealBook;
  readonly #storage: Storage;
  #cached: { readonly engine: EngineId; readonly remembered: Remembered } | null = null;

  constructor(options: StorageOptions) {
    this.#storage = new Storage(options);
    this.heals = new HealBook(this.#storage, () => options.now().getTime());
  }

  get degraded(): string | null {
    return this.#storage.degraded;
  }

  takeEvents(): StorageEvent[] {
    return this.#storage.takeEvents();
  }

  recover(): void {
    this.#storage.recover();
  }

  close(): void {
    this.#storage.close();
  }

  /** Changes whenever anything was written, by this process or another. */
  version(): string {
    return this.#storage.version();
  }

  /** Read anew only when somebody wrote since: a quiet scan reads nothing but one counter. */
  remember(engine: EngineId): Remembered {
    const version = this.#storage.version();
    const cached = this.#cached;
    if (cached?.engine === engine && cached.remembered.version === version)
      return cached.remembered;
    const remembered = this.#storage.read((database) => ({
      memory: tables.loadMemory(database, engine),
      open: tables.loadOpenIncidents(database, engine),
      breakerTold: getMeta(database, `breaker-told ${engine}`) !== null,
      lastTurns: timeline.lastTurns(database, engine),
      version,
    }));
    this.#cached = { engine, remembered };
    return remembered;
  }

  /** False, and nothing done, when another process wrote since: the scan must then be judged again on what it wrote. */
  commitScan(record: ScanRecord): boolean {
    return this.#storage.write((database) => {
      if (this.#storage.version() !== record.version) return false;
      tables.saveMemory(database, record.engine, record.change);
      timeline.saveTurns(database, record.engine, record.turns);
      for (const incident of record.incidents)
        tables.saveIncident(database, record.engine, incident);
      outbox.post(database, record.postings, record.now);
      if (record.endsOutage) deleteMeta(database, "outage");
      const breakerKey = `breaker-told ${record.engine}`;
      if (record.breakerTold) setMeta(database, breakerKey, "true");
      else deleteMeta(database, breakerKey);
      return true;
    });
  }

  outage(): Outage | null {
    const text = this.#meta("outage");
    return text === null ? null : (JSON.parse(text) as Outage);
  }

  saveOutage(outage: Outage, postings: readonly Posting[], now: EpochMs): void {
    this.#storage.write((database) => {
      setMeta(database, "outage", JSON.stringify(outage));
      outbox.post(database, postings, now);
    });
  }

  /** The name of the engine that was last seen: what an outage at the start is told of. */
  engineName(): string | null {
    return this.#meta("engine-name");
  }

  /** The engine that was last seen; null in a new state. */
  lastEngine(): Pick<EngineIdentity, "id" | "name"> | null {
    const id = this.#meta("engine-id");
    return id === null ? null : { id: engineId(id), name: this.engineName() ?? id };
  }

  saveEngine({ id, name }: Pick<EngineIdentity, "id" | "name">): void {
    if (this.engineName() === name && this.#meta("engine-id") === id) return;
    this.#storage.write((database) => {
      setMeta(database, "engine-name", name);
      setMeta(database, "engine-id", id);
    });
  }

  /** Heals that have not ended, on any engine. */
  openHeals(): number {
    return this.#storage.read(countOpenHeals);
  }

  /** Somebody has looked for what heals may have left behind. */
  allowHealing(): void {
    this.#storage.writeToFile((database) => {
      deleteMeta(database, "healing-off");
    });
  }

  /** Why nothing is healed although it could be: the path of the damaged state file that was set aside. */
  healingOff(): string | null {
    return this.#meta("healing-off");
  }

  holds(engine: EngineId, now: EpochMs): Hold[] {
    const all = this.#storage.read((database) => tables.loadHolds(database, engine));
    return all.filter((hold) => hold.until > now);
  }

  addHold(engine: EngineId, hold: Hold): void {
    this.#storage.writeToFile((database) => {
      tables.saveHold(database, engine, hold);
    });
  }

  /** False when there is no hold of that ID. */
  releaseHold(id: string): boolean {
    return this.#storage.writeToFile(
      (database) => database.prepare("DELETE FROM hold WHERE id = ?").run(id).changes > 0,
    );
  }

  /** The open incident of the container of that name as it is now, or null when it has none. */
  acknowledge(engine: EngineId, container: string, until: EpochMs): Incident | null {
    return this.#storage.writeToFile((database) => {
      const open = tables.loadOpenIncidents(database, engine);
      const found = open.find(({ affected }) => affected.container === container);
      if (found === undefined) return null;
      const acked = { ...found, ackUntil: until };
      tables.saveIncident(database, engine, acked);
      return acked;
    });
  }

  incidents(engine: EngineId, since: EpochMs): Incident[] {
    return this.#storage.read((database) => tables.loadIncidents(database, engine, since));
  }

  deadLetters(since: EpochMs): DeadLetter[] {
    return this.#storage.read((database) => outbox.deadLetters(database, since));
  }

  waiting(): { count: number; oldest: EpochMs | null } {
    return this.#storage.read(outbox.waiting);
  }

  /** Adds to what was counted in the hour of `at`, and notes when scans succeeded. */
  addTally(at: EpochMs, tally: ScanTally, watched: readonly Stretch[]): void {
    this.#storage.write((database) => {
      addTally(database, at, tally);
      timeline.saveWatches(database, watched);
    });
  }

  tallySince(since: EpochMs): ScanTally {
    return this.#storage.read((database) => tallySince(database, since));
  }

  turnsSince(engine: EngineId, since: EpochMs): Turn[] {
    return this.#storage.read((database) => timeline.turnsSince(database, engine, since));
  }

  /** Stretches of time in which scans succeeded, as far as they were noted. */
  watchesSince(since: EpochMs): Stretch[] {
    return this.#storage.read((database) => timeline.watchesSince(database, since));
  }

  /** When a report is to be sent that the schedule asked for; null when none is. */
  reportDueAt(): EpochMs | null {
    const text = this.#meta("report-due-at");
    return text === null ? null : Number(text);
  }

  planReport(at: EpochMs): void {
    this.#storage.write((database) => {
      setMeta(database, "report-due-at", String(at));
    });
  }

  /** Posts the report, and so ends its plan. */
  postReport(postings: readonly Posting[], now: EpochMs): void {
    this.#storage.write((database) => {
      deleteMeta(database, "report-due-at");
      outbox.post(database, postings, now);
    });
  }

  /** Posts outside a scan: a marked test. */
  post(postings: readonly Posting[], now: EpochMs): void {
    this.#storage.write((database) => {
      outbox.post(database, postings, now);
    });
  }

  /** Drops what has ended longer ago than the retention, and holds that have run out. */
  prune(now: EpochMs, retention: Milliseconds): void {
    const ended = now - retention;
    const old = this.#storage.read((database) => countOld(database, ended, now));
    if (old === 0) return;
    this.#storage.erase((database) => {
      database.prepare("DELETE FROM incident WHERE resolved_at < ?").run(ended);
      database.prepare("DELETE FROM outbox WHERE dead_at < ?").run(ended);
      database.prepare("DELETE FROM hold WHERE until < ?").run(now);
      pruneHeals(database, ended);
      pruneTallies(database, ended);
      timeline.pruneTimeline(database, ended);
    });
  }

  /** Gives up what waits for channels that nobody delivers to any more; gives their names. */
  abandonOthers(channels: readonly string[], now: EpochMs): string[] {
    const waiting = this.#storage.read(outbox.waitingChannels);
    const others = waiting.filter((channel) => !channels.includes(channel));
    if (others.length === 0) return [];
    this.#storage.write((database) => {
      for (const channel of others)
        outbox.markChannelDead(database, channel, now, "the channel is no longer configured");
    });
    return others;
  }

  head(channel: string): OutboxMessage | null {
    return this.#storage.read((database) => outbox.oldestWaiting(database, channel));
  }

  delivered(id: number): void {
    this.#storage.write((database) => {
      outbox.markDelivered(database, id);
    });
  }

  postponed(id: number, nextAttemptAt: EpochMs, error: string): void {
    this.#storage.write((database) => {
      outbox.markPostponed(database, id, nextAttemptAt, error);
    });
  }

  dead(id: number, now: EpochMs, error: string): void {
    this.#storage.write((database) => {
      outbox.markDead(database, id, now, error);
    });
  }

  #meta(key: string): string | null {
    return this.#storage.read((database) => getMeta(database, key));
  }
}

function getMeta(database: DatabaseSync, key: string): string | null {
  const row = database.prepare("SELECT value FROM meta WHERE key = ?").get(key);
  return row === undefined ? null : textOf(row, "value");
}

function setMeta(database: DatabaseSync, key: string, value: string): void {
  database.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(key, value);
}

function deleteMeta(database: DatabaseSync, key: string): void {
  database.prepare("DELETE FROM meta WHERE key = ?").run(key);
}

function countOld(database: DatabaseSync, ended: EpochMs, now: EpochMs): number {
  const row = database
    .prepare(
      "SELECT (SELECT count(*) FROM incident WHERE resolved_at < ?) + (SELECT count(*) FROM outbox WHERE dead_at < ?) + (SELECT count(*) FROM hold WHERE until < ?) AS old",
    )
    .get(ended, ended, now);
  return (
    integer(row, "old") + countOldHeals(database, ended) + timeline.countOldTurns(database, ended)
  );
}

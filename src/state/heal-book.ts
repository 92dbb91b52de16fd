import type { DatabaseSync } from "node:sqlite";
import { StalewatchError } from "../domain/error.ts";
import type { HealEnd, HealRecord } from "../domain/heal/record.ts";
import type { PastHeal } from "../domain/heal/rest.ts";
import type { HealPhase } from "../domain/heal/recovery.ts";
import type { ContainerId, EngineId, EpochMs, SubjectKey } from "../domain/ids.ts";
import type { Incident } from "../domain/incident.ts";
import { healSubjectOf } from "../domain/subject.ts";
import type { HealLease, Lease } from "../heal/journal.ts";
import * as table from "./heal-table.ts";
import type { HealRow, JournalRecord } from "./heal-table.ts";
import { post, type Posting } from "./outbox-table.ts";
import { isConstraint } from "./sqlite.ts";
import type { Storage } from "./storage.ts";
import { loadOpenIncidents, saveIncident } from "./tables.ts";

/** What the end of a heal means for its subject's incident and for people; committed together with it. */
export interface Accounting {
  /** As it is now; null where it does not change. */
  readonly incident: Incident | null;
  readonly postings: readonly Posting[];
}

export type Account = (
  record: JournalRecord,
  end: HealEnd,
  incident: Incident | null,
  now: EpochMs,
) => Accounting;

/** The journal and the history of heals. Everything that it writes is in the file when it returns, or it throws: no
 *  journal, no heal. */
export class HealBook {
  readonly #storage: Storage;
  readonly #now: () => EpochMs;

  constructor(storage: Storage, now: () => EpochMs) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Throws `HEAL_UNDER_WAY` when a heal of the subject is open already. */
  open(record: HealRecord, account: Account): HealLease {
    this.#insert(record, "open", null);
    return this.#healLease({ record, phase: "open", replacementId: null, id: record.id }, account);
  }

  /** For a method that has no replacement of ours: phases are its own. */
  openFor<Record_ extends JournalRecord, Phase extends string>(
    record: Record_,
    phase: Phase,
    account: Account,
  ): Lease<Record_, Phase> {
    this.#insert(record, phase, null);
    return this.#lease<Record_, Phase>(record, phase, account);
  }

  interrupted(engine: EngineId): readonly HealRow[] {
    return this.#storage.read((database) => table.openHeals(database, engine));
  }

  /** Whether there is, or was, a heal of that ID. */
  knows(heal: string): boolean {
    return this.#storage.read((database) => table.hasHeal(database, heal));
  }

  /** An open heal of the engine's own method, in another process than the one that began it. */
  resume(row: HealRow, account: Account): HealLease {
    return this.#healLease(
      { ...row, record: row.record as HealRecord, phase: row.phase as HealPhase },
      account,
    );
  }

  resumeFor<Record_ extends JournalRecord, Phase extends string>(
    row: HealRow,
    account: Account,
  ): Lease<Record_, Phase> {
    return this.#lease<Record_, Phase>(row.record as Record_, row.phase as Phase, account);
  }

  /** A heal that was refused before it began, for the history. */
  refuse(record: JournalRecord, end: HealEnd, account: Account): void {
    this.#storage.eraseInFile((database) => {
      table.insertHeal(database, record, "refused", null);
      this.#close(database, record, end, account);
    });
  }

  since(engine: EngineId, since: EpochMs): readonly HealRow[] {
    return this.#storage.read((database) => table.healsSince(database, engine, since));
  }

  dependentsOf(heal: string): readonly HealRow[] {
    return this.#storage.read((database) => table.dependentHeals(database, heal));
  }

  /** How the last heals of a subject ended, newest first. */
  lastOf(engine: EngineId, subject: SubjectKey): readonly PastHeal[] {
    return this.#storage.read((database) => table.lastHeals(database, engine, subject));
  }

  #insert(record: JournalRecord, phase: string, parent: string | null): void {
    try {
      this.#storage.writeToFile((database) => {
        table.insertHeal(database, record, phase, parent);
      });
    } catch (error) {
      if (!isConstraint(error)) throw error;
      throw new StalewatchError("HEAL_UNDER_WAY", `a heal of ${record.container} is open already`, {
        hint: "`stalewatch history` shows it; `stalewatch doctor --repair` finishes one that was cut off",
        cause: error,
      });
    }
  }

  #lease<Record_ extends JournalRecord, Phase extends string>(
    record: Record_,
    begun: Phase,
    account: Account,
  ): Lease<Record_, Phase> {
    let phase = begun;
    return {
      record,
      get phase() {
        return phase;
      },
      enter: (next) => {
        if (next === phase) return;
        this.#storage.writeToFile((database) => {
          table.advanceHeal(database, record.id, next, this.#now());
        });
        phase = next;
      },
      close: (end) => {
        this.#storage.eraseInFile((database) => {
          this.#close(database, record, end, account);
        });
      },
    };
  }

  #healLease(
    found: Pick<HealRow, "id" | "replacementId"> & { record: HealRecord; phase: HealPhase },
    account: Account,
  ): HealLease {
    const { record } = found;
    const base = this.#lease<HealRecord, HealPhase>(record, found.phase, account);
    const dependents = this.dependentsOf(found.id).map((row) => this.resume(row, account));
    let replacementId = found.replacementId;
    const storage = this.#storage;
    return {
      record,
      get phase() {
        return base.phase;
      },
      get replacementId() {
        return replacementId;
      },
      dependents,
      enter: (phase) => {
        base.enter(phase);
      },
      close: (end) => {
        base.close(end);
      },
      created: (id: ContainerId) => {
        storage.writeToFile((database) => {
          table.noteReplacement(database, record.id, id);
        });
        replacementId = id;
      },
      openDependent: (child) => {
        this.#insert(child, "open", record.id);
        const lease = this.#healLease(
          { id: child.id, record: child, phase: "open", replacementId: null },
          account,
        );
        dependents.push(lease);
        return lease;
      },
    };
  }

  #close(database: DatabaseSync, record: JournalRecord, end: HealEnd, account: Account): void {
    const now = this.#now();
    table.closeHeal(database, record.id, end, now);
    if (end.quarantine) table.putQuarantine(database, record, now);
    if (end.outcome === "healed") {
      table.liftQuarantine(database, record);
      forgetDivergence(database, record);
    }
    const open = loadOpenIncidents(database, record.engine);
    const incident =
      open.find(({ subject }) => [subject, healSubjectOf(subject)].includes(record.subject)) ??
      null;
    const { incident: changed, postings } = account(record, end, incident, now);
    if (changed !== null) saveIncident(database, record.engine, changed);
    post(database, postings, now);
  }
}

function forgetDivergence(database: DatabaseSync, { engine, subject }: JournalRecord): void {
  database.prepare("DELETE FROM divergence WHERE engine = ? AND subject = ?").run(engine, subject);
}

import type { HealEnd, HealRecord } from "../../../../src/domain/heal/record.ts";
import type { HealPhase } from "../../../../src/domain/heal/recovery.ts";
import type { ContainerId } from "../../../../src/domain/ids.ts";
import type { HealLease } from "../../../../src/heal/journal.ts";

interface Row {
  readonly record: HealRecord;
  readonly children: Row[];
  phase: HealPhase;
  replacementId: ContainerId | null;
  end: HealEnd | null;
}

/** A journal in memory. It outlives the processes of a test, and keeps what they have written. */
export class ModelJournal {
  readonly #rows: Row[] = [];

  open(record: HealRecord): HealLease {
    const row = newRow(record);
    this.#rows.push(row);
    return leaseOf(row);
  }

  interrupted(): readonly HealLease[] {
    // As from a file: nothing is shared with the process that wrote it.
    return this.#rows.filter(({ end }) => end === null).map(leaseOf);
  }

  get ends(): readonly HealEnd[] {
    return this.#rows.flatMap(({ end }) => end ?? []);
  }
}

function newRow(record: HealRecord): Row {
  return { record, children: [], phase: "open", replacementId: null, end: null };
}

function leaseOf(row: Row): HealLease {
  const dependents = row.children.map(leaseOf);
  let { phase, replacementId } = row;
  return {
    record: row.record,
    get phase() {
      return phase;
    },
    get replacementId() {
      return replacementId;
    },
    dependents,
    enter(next) {
      row.phase = phase = next;
    },
    created(id) {
      row.replacementId = replacementId = id;
    },
    close(end) {
      row.end = end;
    },
    openDependent(record) {
      const child = newRow(record);
      row.children.push(child);
      const lease = leaseOf(child);
      dependents.push(lease);
      return lease;
    },
  };
}

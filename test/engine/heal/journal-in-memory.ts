import type { ContainerId } from "../../../src/domain/ids.ts";
import type { HealPhase } from "../../../src/domain/heal/recovery.ts";
import type {
  HealJournal,
  HealLease,
  HealOutcome,
  HealRecord,
  InterruptedHeal,
} from "../../../src/heal/journal.ts";

export interface JournalInMemory extends HealJournal {
  /** How each heal ended, in order. */
  readonly closed: readonly { readonly outcome: HealOutcome; readonly detail: string }[];
}

interface Entry {
  readonly record: HealRecord;
  phase: HealPhase;
  replacementId: ContainerId | null;
  open: boolean;
}

/** A journal that outlives a simulated crash of the process, as the file does. `before` is called before every entry is
 *  committed, and may throw: then nothing was written. */
export function journalInMemory(
  before: (entry: string) => void = () => undefined,
): JournalInMemory {
  const entries: Entry[] = [];
  const closed: { outcome: HealOutcome; detail: string }[] = [];
  const leaseOn = (entry: Entry): HealLease => ({
    record: entry.record,
    get phase() {
      return entry.phase;
    },
    get replacementId() {
      return entry.replacementId;
    },
    enter(phase) {
      before(`enter ${phase}`);
      entry.phase = phase;
    },
    created(id) {
      before("created");
      entry.replacementId = id;
    },
    close(outcome, detail) {
      before(`close ${outcome}`);
      entry.open = false;
      closed.push({ outcome, detail });
    },
  });
  return {
    closed,
    open(record) {
      before("open");
      const entry: Entry = { record, phase: "open", replacementId: null, open: true };
      entries.push(entry);
      return leaseOn(entry);
    },
    interrupted: () => entries.filter(({ open }) => open),
    resume: (interrupted: InterruptedHeal) => {
      const entry = entries.find(({ record }) => record.id === interrupted.record.id);
      if (entry === undefined) throw new Error("no such heal");
      return leaseOn(entry);
    },
  };
}

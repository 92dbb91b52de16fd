import type { EpochMs } from "../domain/ids.ts";
import type { ScanTally } from "../domain/report/report.ts";

const HOUR = 3_600_000;
const NOTHING: ScanTally = { done: 0, failed: 0, missed: 0 };

export interface TallyStore {
  addTally(at: EpochMs, tally: ScanTally): void;
}

/** Counts scans in memory and hands them over once an hour and at the end: counting must not write at every scan. A
 *  process that is killed loses what it counted since the last full hour. */
export class ScanCounter {
  readonly #store: TallyStore;
  #since: EpochMs | null = null;
  #tally = NOTHING;

  constructor(store: TallyStore) {
    this.#store = store;
  }

  count(what: keyof ScanTally, at: EpochMs): void {
    if (this.#since !== null && Math.floor(this.#since / HOUR) !== Math.floor(at / HOUR))
      this.flush();
    this.#since ??= at;
    this.#tally = { ...this.#tally, [what]: this.#tally[what] + 1 };
  }

  flush(): void {
    if (this.#since === null) return;
    this.#store.addTally(this.#since, this.#tally);
    this.#since = null;
    this.#tally = NOTHING;
  }
}

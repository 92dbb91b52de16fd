import type { EpochMs } from "../domain/ids.ts";
import type { ScanTally } from "../domain/report/report.ts";
import type { Stretch } from "../domain/timeline/timeline.ts";

const HOUR = 3_600_000;
const NOTHING: ScanTally = { done: 0, failed: 0, missed: 0 };

export interface TallyStore {
  addTally(at: EpochMs, tally: ScanTally, watched: readonly Stretch[]): void;
}

/** Counts scans in memory and hands them over once an hour and at the end: counting must not write at every scan. A
 *  process that is killed loses what it counted since the last full hour. */
export class ScanCounter {
  readonly #store: TallyStore;
  #since: EpochMs | null = null;
  #tally = NOTHING;
  /** From the first to the last of scans that succeeded in a row: those not handed over, and the one that goes on. */
  #watched: Stretch[] = [];
  #isWatching = false;

  constructor(store: TallyStore) {
    this.#store = store;
  }

  /** Since when scans succeed without a break, up to the last one; null while they do not. */
  get watching(): Stretch | null {
    return this.#isWatching ? (this.#watched.at(-1) ?? null) : null;
  }

  count(what: keyof ScanTally, at: EpochMs): void {
    if (this.#since !== null && Math.floor(this.#since / HOUR) !== Math.floor(at / HOUR))
      this.flush();
    this.#since ??= at;
    this.#tally = { ...this.#tally, [what]: this.#tally[what] + 1 };
    if (what === "done") this.#watch(at);
    else this.#isWatching = false;
  }

  flush(): void {
    if (this.#since === null) return;
    this.#store.addTally(this.#since, this.#tally, this.#watched);
    this.#since = null;
    this.#tally = NOTHING;
    this.#watched = this.#isWatching ? this.#watched.slice(-1) : [];
  }

  #watch(at: EpochMs): void {
    const last = this.#isWatching ? this.#watched.pop() : undefined;
    // A clock that was set back begins anew.
    if (last !== undefined && last.to > at) this.#watched.push(last);
    this.#watched.push({ from: last === undefined || last.to > at ? at : last.from, to: at });
    this.#isWatching = true;
  }
}

import type { Milliseconds } from "../domain/ids.ts";

/** Tells a scan that takes its time from one that hangs: the latter leaves no trace for longer than is allowed. Between
 *  two scans there is nothing to get on with, and so nothing that could hang. */
export class Progress {
  readonly #now: () => Milliseconds;
  #under: Watched | null = null;

  constructor(now: () => Milliseconds) {
    this.#now = now;
  }

  begin(progress: () => number, patience: Milliseconds): void {
    this.#under = { progress, patience, seen: progress(), since: this.#now() };
  }

  end(): void {
    this.#under = null;
  }

  isStuck(): boolean {
    if (this.#under === null) return false;
    const { progress, patience, seen, since } = this.#under;
    const [reached, now] = [progress(), this.#now()];
    if (reached === seen) return now - since > patience;
    this.#under = { progress, patience, seen: reached, since: now };
    return false;
  }
}

interface Watched {
  readonly progress: () => number;
  readonly patience: Milliseconds;
  /** What `progress` said when it last changed, and when that was seen. */
  readonly seen: number;
  readonly since: Milliseconds;
}

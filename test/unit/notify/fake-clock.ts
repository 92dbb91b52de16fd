import type { EpochMs, Milliseconds } from "../../../src/domain/ids.ts";

interface Sleeper {
  readonly at: EpochMs;
  readonly wake: () => void;
}

/** Time that goes on only when it is told to. */
export class FakeClock {
  #now: EpochMs;
  readonly #sleepers = new Set<Sleeper>();
  /** Every sleep that was asked for, in order. */
  readonly slept: Milliseconds[] = [];

  constructor(now: EpochMs) {
    this.#now = now;
  }

  readonly now = (): EpochMs => this.#now;

  readonly sleep = (length: Milliseconds, signal: AbortSignal): Promise<void> => {
    this.slept.push(length);
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at: this.#now + length, wake: () => end() };
      const end = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", end);
    });
  };

  /** Lets this much time pass, and all that it wakes happen. */
  async advance(length: Milliseconds): Promise<void> {
    const end = this.#now + length;
    for (;;) {
      await settled();
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
    await settled();
  }

  /** As when somebody sets the clock. */
  jump(length: Milliseconds): void {
    this.#now += length;
  }
}

/** Until everything that can go on without time or network has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

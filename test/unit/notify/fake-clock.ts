import type { EpochMs, Milliseconds } from "../../../src/domain/ids.ts";

interface Sleeper {
  /** On the clock that nobody can set. */
  readonly at: Milliseconds;
  readonly wake: () => void;
}

/** Time that goes on only when it is told to. */
export class FakeClock {
  #elapsed = 0;
  #start: EpochMs;
  readonly #sleepers = new Set<Sleeper>();
  /** Every sleep that was asked for, in order. */
  readonly slept: Milliseconds[] = [];

  constructor(now: EpochMs) {
    this.#start = now;
  }

  readonly now = (): EpochMs => this.#start + this.#elapsed;

  readonly sleep = (length: Milliseconds, signal: AbortSignal): Promise<void> => {
    this.slept.push(length);
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { at: this.#elapsed + length, wake: () => end() };
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
    const end = this.#elapsed + length;
    for (;;) {
      await settled();
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.wake();
    }
    this.#elapsed = end;
    await settled();
  }

  /** As when somebody sets the wall clock; sleeps go on as they were. */
  jump(length: Milliseconds): void {
    this.#start += length;
  }
}

/** Until everything that can go on without time or network has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

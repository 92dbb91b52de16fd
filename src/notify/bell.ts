import type { Milliseconds } from "../domain/ids.ts";

export type Sleep = (length: Milliseconds, signal: AbortSignal) => Promise<void>;

/** A wait that can be cut short. */
export interface Bell {
  ring(): void;
  /** Ends after `length`, at the next ring or at the abort. A ring while nobody waited ends the next wait at once. */
  wait(length: Milliseconds, signal: AbortSignal): Promise<void>;
}

export function bell(sleep: Sleep): Bell {
  let rung = false;
  let endWait: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      endWait?.();
    },
    async wait(length, signal) {
      const over = new AbortController();
      const end = (): void => over.abort();
      endWait = end;
      signal.addEventListener("abort", end);
      try {
        if (!rung && !signal.aborted) await sleep(length, over.signal);
      } catch (error) {
        if (!over.signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", end);
        endWait = null;
        rung = false;
      }
    },
  };
}

import type { Milliseconds } from "../domain/ids.ts";

/** What watches over this process from outside and starts it again when it hangs. */
export interface Supervisor {
  /** A scan begins. `progress` changes for as long as it gets on; one in which it stays the same for longer than
   *  `patience` hangs. */
  scanning(progress: () => number, patience: Milliseconds): void;
  /** A scan has ended, well or not: after the first one the process counts as started. */
  scanned(): void;
  /** What to say of this process, in one line. */
  status(line: string): void;
  /** The process is about to end; settles once everything has been said. */
  stopping(): Promise<void>;
}

export const UNSUPERVISED: Supervisor = {
  scanning: () => undefined,
  scanned: () => undefined,
  status: () => undefined,
  stopping: () => Promise.resolve(),
};

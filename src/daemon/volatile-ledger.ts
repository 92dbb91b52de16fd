import { EMPTY_MEMORY } from "../domain/memory.ts";
import { changedBy } from "../domain/remember.ts";
import type { Ledger } from "./scan.ts";

/** For looks without a state: at the first, everything is seen for the first time; nothing outlives this process. */
export function volatileLedger(): Ledger {
  let memory = EMPTY_MEMORY;
  return {
    remember: () => ({
      memory,
      open: [],
      breakerTold: false,
      lastTurns: new Map(),
      version: "",
    }),
    commitScan: ({ change }) => {
      memory = changedBy(memory, change);
      return true;
    },
  };
}

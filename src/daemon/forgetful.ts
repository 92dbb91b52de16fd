import { EMPTY_MEMORY } from "../domain/memory.ts";
import type { Ledger } from "./scan.ts";

/** For a look without a state: everything is seen for the first time, and nothing is kept. */
export function forgetfulLedger(): Ledger {
  return {
    remember: () => ({
      memory: EMPTY_MEMORY,
      open: [],
      breakerTold: false,
      lastTurns: new Map(),
      version: "",
    }),
    commitScan: () => true,
  };
}

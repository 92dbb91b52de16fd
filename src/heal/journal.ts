import type { HealEnd, HealRecord } from "../domain/heal/record.ts";
import type { HealPhase } from "../domain/heal/recovery.ts";
import type { ContainerId } from "../domain/ids.ts";

/** The right to act for one heal. Only the journal hands it out, and only to one process at a time. INVARIANTS: a phase
 *  is committed before its first engine call; nothing is done to an engine without a lease. */
export interface Lease<Case, Phase> {
  readonly record: Case;
  readonly phase: Phase;
  /** Throws where it cannot be written: then the step that it names must not be taken. */
  enter(phase: Phase): void;
  /** Commits the end together with what is told of it. */
  close(end: HealEnd): void;
}

/** For one container that is recreated over the Engine API. */
export interface HealLease extends Lease<HealRecord, HealPhase> {
  /** null while none is known to have been created. */
  readonly replacementId: ContainerId | null;
  created(id: ContainerId): void;
  /** Sub-transactions, in the order in which they were opened. They end with this one. */
  readonly dependents: readonly HealLease[];
  openDependent(record: HealRecord): HealLease;
}

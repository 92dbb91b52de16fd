import type { HealEnd } from "../../../../src/domain/heal/record.ts";
import type { ComposePhase } from "../../../../src/domain/heal/compose-turn.ts";
import type { ComposeHealRecord, ComposeLease } from "../../../../src/heal/compose/record.ts";

export interface LeaseInMemory extends ComposeLease {
  /** How it ended, or null while it is open. */
  readonly end: () => HealEnd | null;
}

/** A lease that outlives a simulated crash of the process, as the file does. `before` is called before every entry is
 *  committed, and may throw: then nothing was written. */
export function leaseInMemory(
  record: ComposeHealRecord,
  before: (entry: string) => void = () => undefined,
  phase: ComposePhase = "open",
): LeaseInMemory {
  let now = phase;
  let ended: HealEnd | null = null;
  return {
    // As the file gives it back.
    record: JSON.parse(JSON.stringify(record)) as ComposeHealRecord,
    get phase() {
      return now;
    },
    enter(next) {
      before(`enter ${next}`);
      now = next;
    },
    close(end) {
      before(`close ${end.outcome}`);
      ended = end;
    },
    end: () => ended,
  };
}

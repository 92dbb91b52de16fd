import { messageOf } from "../../domain/error.ts";
import { healEnd, type HealEnd, type HealOutcome } from "../../domain/heal/record.ts";
import type { CommandEnd } from "./commands.ts";
import type { ComposeLease } from "./record.ts";
import { lastLines } from "./words.ts";

interface More extends Partial<Omit<HealEnd, "outcome" | "detail">> {
  /** Its last lines go before those of `logs`. */
  readonly compose?: CommandEnd | null;
}

export function composeEnd(
  outcome: HealOutcome,
  detail: string,
  { compose = null, logs = [], ...more }: More = {},
): HealEnd {
  const said = compose === null ? [] : lastLines(compose).map((line) => `compose: ${line}`);
  return healEnd(outcome, detail, { ...more, logs: [...said, ...logs] });
}

/** An end that cannot be written is found again by recovery, which then has nothing left to do. */
export function closed(lease: ComposeLease, end: HealEnd): HealEnd {
  try {
    lease.close(end);
    return end;
  } catch (error) {
    return { ...end, warnings: [...end.warnings, `the journal kept it open: ${messageOf(error)}`] };
  }
}

/** Where the journal cannot be written any more, going on is still safer than standing still: recovery reaches the same
 *  end from the phase before. */
export function enterIfPossible(lease: ComposeLease, phase: ComposeLease["phase"]): void {
  try {
    lease.enter(phase);
  } catch {
    // Told by the state itself.
  }
}

import { messageOf } from "../../domain/error.ts";
import { healEnd, type HealEnd, type HealOutcome } from "../../domain/heal/record.ts";
import type { CommandEnd } from "./commands.ts";
import type { ComposeLease } from "./record.ts";

interface More extends Partial<Omit<HealEnd, "outcome" | "detail">> {
  /** Its last lines go before those of `logs`. */
  readonly compose?: CommandEnd | null;
}

export function composeEnd(
  outcome: HealOutcome,
  detail: string,
  { compose = null, logs = [], ...more }: More = {},
): HealEnd {
  return healEnd(outcome, detail, { ...more, logs: [...composeWords(compose), ...logs] });
}

const LINES = 20;
/** The longest line that is worth keeping, in characters. */
const LONGEST_LINE = 500;

function composeWords(end: CommandEnd | null): string[] {
  if (end === null) return [];
  const lines = `${end.stdout}\n${end.stderr}`.split(/\r?\n|\r/).map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .slice(-LINES)
    .map((line) => `compose: ${line.slice(0, LONGEST_LINE)}`);
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

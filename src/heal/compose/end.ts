import { messageOf } from "../../domain/error.ts";
import type { HealOutcome } from "../journal.ts";
import type { CommandEnd } from "./commands.ts";
import type { ComposeHealEnd, ComposeLease } from "./record.ts";

interface More extends Partial<Omit<ComposeHealEnd, "outcome" | "detail">> {
  readonly compose?: CommandEnd | null;
}

export function composeEnd(
  outcome: HealOutcome,
  detail: string,
  { compose = null, logs = [], ...more }: More = {},
): ComposeHealEnd {
  const nothing = { quarantine: false, downtime: null, warnings: [] };
  return { outcome, detail, ...nothing, ...more, logs: [...composeWords(compose), ...logs] };
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
export function closed(lease: ComposeLease, end: ComposeHealEnd): ComposeHealEnd {
  try {
    lease.close(end);
    return end;
  } catch (error) {
    return { ...end, warnings: [...end.warnings, `the journal kept it open: ${messageOf(error)}`] };
  }
}

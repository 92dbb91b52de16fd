import { messageOf } from "../domain/error.ts";
import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { Acts } from "./acts.ts";
import type { Withdrawal } from "./create-replacement.ts";
import type { HealLease } from "./journal.ts";

/** Nothing that ran was touched: only the replacement goes. */
export async function withdraw(
  lease: HealLease,
  acts: Acts,
  { outcome, reason }: Withdrawal,
): Promise<HealEnd> {
  await removeReplacement(lease, acts);
  return closed(lease, healEnd(outcome, reason));
}

/** Of the replacement, whether the journal knows it or not; null when there is none. */
export async function replacementIdOf(lease: HealLease, acts: Acts): Promise<ContainerId | null> {
  return lease.replacementId ?? (await acts.look(lease.record.replacement.name))?.id ?? null;
}

/** Removes the replacement; the volumes that it was given by name survive, its own new ones go. */
export async function removeReplacement(lease: HealLease, acts: Acts): Promise<void> {
  const id = await replacementIdOf(lease, acts);
  if (id === null) return;
  await acts.ensureStopped(id);
  await acts.ensureRemoved(id, { volumes: true });
}

/** Those that hang on others first. */
export async function removeReplacements(lease: HealLease, acts: Acts): Promise<void> {
  for (const child of lease.dependents.toReversed()) await removeReplacement(child, acts);
  await removeReplacement(lease, acts);
}

/** Where the journal cannot be written any more, the way back and the rest of the way on are still safer than standing
 *  still: recovery reaches the same end from the phase before. */
export function enterIfPossible(lease: HealLease, phase: HealLease["phase"]): void {
  try {
    lease.enter(phase);
  } catch {
    // Told by the state itself.
  }
}

/** An end that cannot be written is found again by recovery, which then has nothing left to do. */
export function closed(lease: HealLease, end: HealEnd): HealEnd {
  try {
    lease.close(end);
    return end;
  } catch (error) {
    return { ...end, warnings: [...end.warnings, `the journal kept it open: ${messageOf(error)}`] };
  }
}

import { messageOf } from "../domain/error.ts";
import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf, type Failure, type Withdrawal } from "./member.ts";

/** Nothing that ran was touched: only the replacement goes. */
export async function withdraw(
  lease: HealLease,
  acts: Acts,
  { outcome, reason }: Withdrawal,
): Promise<HealEnd> {
  await removeReplacement(lease, acts);
  return closed(lease, healEnd(outcome, reason));
}

/** Removes the replacement, known or not; the volumes that it was given by name survive, its own new ones go. */
export async function removeReplacement(lease: HealLease, acts: Acts): Promise<void> {
  const id = lease.replacementId ?? (await acts.look(lease.record.replacement.name))?.id ?? null;
  if (id === null) return;
  await acts.ensureStopped(id);
  await acts.ensureRemoved(id, { volumes: true });
}

/** There is no way back, because the old container is gone: what is there stays, under its name, and is told of. */
export async function leaveReplacement(
  lease: HealLease,
  acts: Acts,
  { reason, quarantine }: Omit<Failure, "kind">,
): Promise<HealEnd> {
  const { replacement, container } = lease.record;
  const id = replacementOf(lease);
  if (replacement.restartPolicy !== null)
    await acts.ensureRestartPolicy(id, replacement.restartPolicy);
  await acts.ensureName(id, container);
  const detail = `the old container is gone, and the replacement does not hold: ${reason}`;
  return closed(lease, healEnd("failed", detail, { quarantine }));
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

import { messageOf } from "../domain/error.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf } from "./member.ts";

/** Policies: the old one must not come back at the next start of the engine; the new one has its own before it is seen to
 *  run, so that from then on the engine brings it back. */
export async function prepareSwap(lease: HealLease, acts: Acts): Promise<void> {
  await disarm(lease.record, acts);
  await ensureOwnPolicy(lease, acts);
  await acts.ensureStarted(replacementOf(lease));
}

/** Unless it is gone, or somebody removes it in this very moment. */
async function disarm({ oldId, replacement }: HealRecord, acts: Acts): Promise<void> {
  try {
    if ((await acts.look(oldId)) === null) return;
    if (replacement.restartPolicy !== null) await acts.ensureRestartPolicy(oldId, { Name: "no" });
    await acts.ensureStopped(oldId);
  } catch (error) {
    if ((await acts.look(oldId)) !== null) throw error;
  }
}

/** The policy that the replacement was created without, so that old and new never both come up. */
export async function ensureOwnPolicy(lease: HealLease, acts: Acts): Promise<void> {
  const { restartPolicy } = lease.record.replacement;
  if (restartPolicy !== null) await acts.ensureRestartPolicy(replacementOf(lease), restartPolicy);
}

/** The name. The old one is removed before the new one is renamed: Compose, should it look in between, then sees one
 *  container, which it leaves alone; of two it would take the old one for its own and remove the new one. What happens to
 *  the new one under its name is other people's business. Returns what is to be told of it. */
export async function swap(lease: HealLease, acts: Acts): Promise<readonly string[]> {
  const told = await removeOld(lease.record, acts);
  await acts.ensureName(replacementOf(lease), lease.record.container);
  return told;
}

/** One that cannot be removed must not keep the new one from its name; one that somebody started again is stopped again. */
export async function removeOld(
  { id, oldId, container }: HealRecord,
  acts: Acts,
): Promise<readonly string[]> {
  try {
    await acts.ensureStopped(oldId);
    await acts.ensureRemoved(oldId, { volumes: false });
    return [];
  } catch (error) {
    const isUp = (await acts.look(oldId))?.sighting === "running";
    if (statusOf(error) === null || isUp) throw error;
    const aside = asideName(container, id);
    await acts.ensureName(oldId, aside);
    return [`the old container is left as ${aside}: ${messageOf(error)}`];
  }
}

/** What keeps a container from it, as the engine says, or null. */
export async function refusalOf(
  { record }: HealLease,
  act: () => Promise<unknown>,
): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return `${record.container}: ${messageOf(error)}`;
  }
}

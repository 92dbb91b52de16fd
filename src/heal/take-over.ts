import { messageOf } from "../domain/error.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import { asideName } from "../domain/heal/temporary-names.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts } from "./acts.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf } from "./member.ts";

/** The old one must not come back at the next start of the engine before it is gone, and never holds the name that the
 *  new one needs: policies first, then names. The new one has its own before it is seen to run: from then on the engine
 *  brings it back. What happens to it under its name is other people's business. */
export async function takeOver(lease: HealLease, acts: Acts): Promise<void> {
  const { record } = lease;
  const newId = replacementOf(lease);
  await setAside(record, acts);
  await ensureOwnPolicy(lease, acts);
  await acts.ensureStarted(newId);
  await acts.ensureName(newId, record.container);
}

/** Unless it is gone, or somebody removes it in this very moment. */
async function setAside(record: HealRecord, acts: Acts): Promise<void> {
  const { id, oldId, container, replacement } = record;
  try {
    if ((await acts.look(oldId)) === null) return;
    await acts.ensureStopped(oldId);
    if (replacement.restartPolicy !== null) await acts.ensureRestartPolicy(oldId, { Name: "no" });
    await acts.ensureName(oldId, asideName(container, id));
  } catch (error) {
    if ((await acts.look(oldId)) !== null) throw error;
  }
}

/** The policy that the replacement was created without, so that old and new never both come up. */
export async function ensureOwnPolicy(lease: HealLease, acts: Acts): Promise<void> {
  const { restartPolicy } = lease.record.replacement;
  if (restartPolicy !== null) await acts.ensureRestartPolicy(replacementOf(lease), restartPolicy);
}

/** As `takeOver`, or why the engine does not let it. */
export async function takeOverFailure(lease: HealLease, acts: Acts): Promise<string | null> {
  try {
    await takeOver(lease, acts);
    return null;
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return `${lease.record.container}: ${messageOf(error)}`;
  }
}

import type { HealWorld } from "../domain/heal/recovery.ts";
import { subjectOf } from "../domain/subject.ts";
import type { Acts } from "./acts.ts";
import { DEPLOY_PATIENCE } from "./deploy.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import type { HealParts } from "./parts.ts";
import { isRestoredBy } from "./restored.ts";

const AGAIN = 250;

/** The container that has the name and is neither old nor new, or null. One of the same service that does not run yet is
 *  waited for. */
export async function strangerOf(
  lease: HealLease,
  { clock }: HealParts,
  acts: Acts,
): Promise<HealWorld["stranger"]> {
  const deadline = clock.now() + DEPLOY_PATIENCE;
  for (;;) {
    const holder = await strangeHolder(lease, acts);
    if (holder === null) return null;
    const running = holder.sighting === "running";
    const sameSubject = subjectOf(holder) === lease.record.subject;
    if (running || !sameSubject || clock.now() >= deadline) return { running, sameSubject };
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

/** By its name alone: the engine also answers to the beginning of an ID. */
async function strangeHolder(
  { record, replacementId }: HealLease,
  acts: Acts,
): Promise<Look | null> {
  const holder = await acts.look(record.container);
  if (holder?.name !== record.container) return null;
  const isOurs = holder.id === record.oldId || holder.id === replacementId;
  return isOurs || isRestoredBy(holder, record) ? null : holder;
}

import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import type { Acts } from "./acts.ts";
import { isProbe } from "./bind-sources.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import type { HealParts } from "./parts.ts";

/** The create may have been carried out and its answer lost. Without a journal to note it in, it is found by its name
 *  again. */
export async function findReplacements(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<void> {
  for (const member of [lease, ...lease.dependents]) {
    if (member.replacementId !== null) continue;
    const found = await lateReplacement(member, parts, acts);
    if (found === null) continue;
    if (await isProbe(found.id, parts.engine))
      await acts.ensureRemoved(found.id, { volumes: true });
    else noteIfPossible(member, found.id);
  }
}

/** How long an engine may still be at a create that nobody waits for any more. */
const LATE: Milliseconds = 2000;
const AGAIN: Milliseconds = 250;

async function lateReplacement(
  { record }: HealLease,
  { clock }: HealParts,
  acts: Acts,
): Promise<Look | null> {
  const deadline = clock.now() + LATE;
  for (;;) {
    const found = await acts.look(record.replacement.name);
    if (found !== null || clock.now() >= deadline) return found;
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

function noteIfPossible(member: HealLease, id: ContainerId): void {
  try {
    member.created(id);
  } catch {
    // Told by the state itself.
  }
}

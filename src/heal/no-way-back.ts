import { healEnd, type HealEnd } from "../domain/heal/record.ts";
import type { Acts } from "./acts.ts";
import { dependentOf } from "./dependents.ts";
import { closed, removeReplacement } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { replacementOf, type Failure } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents } from "./restart.ts";
import { ensureOwnPolicy, prepareSwap, refusalOf, swap } from "./take-over.ts";

/** There is no way back, because the old container is gone: what is there stays, under its name, and is told of. */
export async function leaveReplacement(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  { reason, quarantine }: Omit<Failure, "kind">,
): Promise<HealEnd> {
  const id = replacementOf(lease);
  if ((await acts.look(id)) === null)
    return closed(lease, healEnd("lost", "both the old container and its replacement are gone"));
  await ensureOwnPolicy(lease, acts);
  await acts.ensureName(id, lease.record.container);
  const faults = await leaveDependents(lease, parts, acts);
  const detail = `the old container is gone, and the replacement does not hold: ${reason}`;
  return closed(lease, healEnd("failed", [detail, ...faults].join("; "), { quarantine }));
}

/** Those that have followed stay with the replacement; the others are as they were, as far as that still works. What
 *  does not is told. */
export async function leaveDependents(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
): Promise<string[]> {
  const faults: string[] = [];
  for (const seed of lease.record.dependents) {
    const child = dependentOf(lease, seed);
    if (child?.phase === "passed") {
      const refusal = await refusalOf(child, async () => {
        await prepareSwap(child, acts);
        faults.push(...(await swap(child, acts)));
      });
      if (refusal !== null) faults.push(refusal);
    } else {
      if (child !== null) await removeReplacement(child, acts);
      faults.push(...(await restartDependents(oldDependents([seed]), acts, parts.clock)));
    }
  }
  return faults;
}

import { leftoverActs } from "../domain/heal/leftovers.ts";
import type { Snapshot } from "../domain/observation.ts";
import { healLeftover } from "../domain/heal/temporary-names.ts";
import type { HealBook } from "../state/heal-book.ts";
import { steady } from "./acts.ts";
import type { HealParts } from "./parts.ts";

/** Containers of ours that no heal in the journal knows: the state was lost in the middle of one. Makes sure that
 *  something serves, deletes nothing, and says what there is, one sentence each. What a heal left there on purpose is
 *  known and was told of. */
export async function settleLeftovers(
  { containers }: Pick<Snapshot, "containers">,
  parts: HealParts & { readonly book: Pick<HealBook, "knows"> },
): Promise<readonly string[]> {
  const unknown = containers.filter(({ name }) => {
    const left = healLeftover(name);
    return left === null || !parts.book.knows(left.heal);
  });
  const acts = steady(parts);
  const reports: string[] = [];
  for (const { stop, start, report } of leftoverActs(unknown)) {
    for (const id of stop) await acts.ensureStopped(id);
    if (start !== null) await acts.ensureStarted(start);
    reports.push(report);
  }
  return reports;
}

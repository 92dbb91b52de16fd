import { leftoverActs } from "../domain/heal/leftovers.ts";
import type { Snapshot } from "../domain/observation.ts";
import { healLeftover } from "../domain/heal/temporary-names.ts";
import type { HealBook } from "../state/heal-book.ts";
import { steady } from "./acts.ts";
import type { HealParts } from "./parts.ts";

/** Containers of ours that no open heal knows: the state was lost in the middle of one. Makes sure that something
 *  serves, deletes nothing, and says what there is, one sentence each. */
export async function settleLeftovers(
  { containers, engine }: Snapshot,
  parts: HealParts & { readonly book: Pick<HealBook, "interrupted"> },
): Promise<readonly string[]> {
  const open = parts.book.interrupted(engine.id).map(({ record }) => record.container);
  const unknown = containers.filter(
    ({ name }) => !open.includes(healLeftover(name)?.container ?? ""),
  );
  const acts = steady(parts);
  const reports: string[] = [];
  for (const { stop, start, report } of leftoverActs(unknown)) {
    if (stop !== null) await acts.ensureStopped(stop);
    if (start !== null) await acts.ensureStarted(start);
    reports.push(report);
  }
  return reports;
}

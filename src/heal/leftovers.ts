import { gateLimits } from "../domain/heal/gate-limits.ts";
import { leftoverActs } from "../domain/heal/leftovers.ts";
import type { Milliseconds } from "../domain/ids.ts";
import type { ObservedContainer, Snapshot } from "../domain/observation.ts";
import { healLeftover } from "../domain/heal/temporary-names.ts";
import type { HealBook } from "../state/heal-book.ts";
import { steady } from "./acts.ts";
import type { HealParts } from "./parts.ts";

/** Deals with those among `leftovers` that no heal in the journal knows: the state was lost in the middle of one. Makes
 *  sure that something serves, deletes nothing, and says what there is, one sentence each. What a heal left there on
 *  purpose is known and was told of. */
export async function settleLeftovers(
  leftovers: readonly ObservedContainer[],
  { containers }: Pick<Snapshot, "containers">,
  parts: HealParts & { readonly book: Pick<HealBook, "knows"> },
): Promise<readonly string[]> {
  const others = containers.filter(({ name }) => healLeftover(name) === null);
  const unknown = leftovers.filter(({ name }) => !parts.book.knows(healLeftover(name)?.heal ?? ""));
  const acts = steady(parts);
  const reports: string[] = [];
  for (const { stop, start, report } of leftoverActs([...others, ...unknown])) {
    for (const id of stop) await acts.ensureStopped(id);
    if (start !== null) await acts.ensureStarted(start);
    reports.push(report);
  }
  return reports;
}

/** How long the old container's stop may take, and all else before and after the trial. */
const SPARE: Milliseconds = 30_000;

/** Those among `leftovers` that no living heal can be at any more. Another watchdog on this engine, a command with a state
 *  directory of its own say, has a journal that we do not know: what it has begun is left to it for as long as the trial
 *  of its replacement may last. */
export async function ripeLeftovers(
  leftovers: readonly ObservedContainer[],
  parts: HealParts,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const nameOf = ({ name }: ObservedContainer): string => healLeftover(name)?.container ?? name;
  const unripe = new Set<string>();
  for (const one of leftovers) if (await mayBeOnTrial(one, parts, signal)) unripe.add(nameOf(one));
  return leftovers.filter((one) => !unripe.has(nameOf(one)));
}

async function mayBeOnTrial(
  { id, name, createdAt }: ObservedContainer,
  { engine, gate, clock }: HealParts,
  signal: AbortSignal,
): Promise<boolean> {
  if (healLeftover(name)?.role !== "new") return false;
  const limits = gateLimits((await engine.inspect(id, signal)) ?? {}, gate);
  return clock.now() < createdAt + limits.healthTimeout + limits.settle + SPARE;
}

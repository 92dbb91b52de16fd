import type { HealRecord } from "../domain/heal/record.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { Acts } from "./acts.ts";
import type { HealParts } from "./parts.ts";
import { oldDependents, restartDependents, startPatiently, type Start } from "./restart.ts";
import { restoredOf, serveAnew } from "./serve-anew.ts";

/** What serves again on a way back. */
export interface Back {
  readonly who: "old" | "anew" | "nobody";
  readonly id: ContainerId;
  /** Whether nothing had kept the old one from starting. */
  readonly atOnce: boolean;
  /** What there is to say of it and of what hangs on it, one phrase each. */
  readonly faults: readonly string[];
}

/** The old container, and what hangs on it; or another one of its definition, where the engine does not start it and
 *  that `mayBeMade`. */
export async function serveAgain(
  record: HealRecord,
  mayBeMade: boolean,
  parts: HealParts,
  acts: Acts,
): Promise<Back> {
  const { oldId: id, dependents } = record;
  const restart = (): Promise<string[]> =>
    restartDependents(oldDependents(dependents), acts, parts.clock);
  const start = await startOld(record, parts, acts);
  if (start.kind === "started")
    return { who: "old", id, atOnce: start.atOnce, faults: await restart() };
  const refusal = `and the old one does not start again: ${start.reason}`;
  const nobody: Back = { who: "nobody", id, atOnce: false, faults: [refusal] };
  if (!mayBeMade) return nobody;
  const anew = await serveAnew(record, parts, acts);
  return anew.kind === "serves"
    ? { who: "anew", id: anew.id, atOnce: false, faults: [refusal, ...anew.faults] }
    : { ...nobody, faults: [refusal, ...(await restart())] };
}

/** Not where another one was made in its place before. */
async function startOld(record: HealRecord, { clock }: HealParts, acts: Acts): Promise<Start> {
  if ((await restoredOf(record, acts)) !== null)
    return { kind: "refused", reason: "the engine refused it" };
  await acts.ensureStopped(record.oldId);
  return startPatiently(record.oldId, acts, clock);
}

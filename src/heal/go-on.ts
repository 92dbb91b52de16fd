import type { HealEnd } from "../domain/heal/record.ts";
import { actsOn, type Acts } from "./acts.ts";
import { commit } from "./commit.ts";
import { connectAll } from "./create-replacement.ts";
import { dependentOf } from "./dependents.ts";
import { enterIfPossible } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import {
  gate,
  replacementOf,
  startFailure,
  STOPPED,
  type Failure,
  type Verdict,
} from "./member.ts";
import { leaveReplacement } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { restartDependents } from "./restart.ts";
import { settle } from "./settle.ts";

/** What a recovery works with. */
export interface Means {
  readonly parts: HealParts;
  readonly acts: Acts;
  readonly signal: AbortSignal;
}

/** Old or new: whichever proves itself. The old one is still there, so a failure leads back to it. */
export async function gateAfresh(lease: HealLease, means: Means): Promise<Verdict> {
  const { parts, acts } = means;
  await acts.ensureStopped(lease.record.oldId);
  const failure = await startAndTry(lease, means);
  if (failure !== null) return failure;
  enterIfPossible(lease, "passed");
  await restartDependents(replacedDependents(lease), acts, parts.clock);
  return { kind: "passed", downtime: null };
}

/** Those that have followed already, and may have lost the namespace of what was started anew. */
function replacedDependents(lease: HealLease): Parameters<typeof restartDependents>[0] {
  return lease.record.dependents.flatMap((seed) => {
    const child = dependentOf(lease, seed);
    if (child?.phase !== "passed") return [];
    return [{ id: replacementOf(child), name: child.record.container, tie: seed.tie }];
  });
}

async function startAndTry(
  lease: HealLease,
  { parts, acts, signal }: Means,
): Promise<Failure | null> {
  const refusal = await startFailure(lease, acts);
  if (refusal !== null) return refusal;
  try {
    const abortable = actsOn(parts.engine, parts.clock, signal);
    return await gate(lease, parts, abortable, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return STOPPED;
  }
}

/** Its dependents may not all have followed yet; until the swap was begun they may still fail. */
export async function goOn(lease: HealLease, { parts, acts, signal }: Means): Promise<HealEnd> {
  if (lease.phase === "committing") return commit(lease, parts, acts, null, signal);
  await acts.ensureStopped(lease.record.oldId);
  await acts.ensureStarted(replacementOf(lease));
  return settle(lease, { kind: "passed", downtime: null }, parts, signal);
}

/** Without a way back, the replacement is what there is: it is finished, started, and told of if it does not hold. A
 *  shutdown does not end that: there would be nothing. */
export async function adopt(lease: HealLease, { parts, acts }: Means): Promise<HealEnd> {
  const never = new AbortController().signal;
  await connectAll(lease, parts);
  const failure = await startAndTry(lease, { parts, acts, signal: never });
  if (failure !== null) return leaveReplacement(lease, parts, acts, failure);
  enterIfPossible(lease, "passed");
  return settle(lease, { kind: "passed", downtime: null }, parts, never);
}

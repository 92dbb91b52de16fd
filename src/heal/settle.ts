import { messageOf } from "../domain/error.ts";
import type { HealEnd } from "../domain/heal/record.ts";
import { steady } from "./acts.ts";
import { commit } from "./commit.ts";
import { replaceDependents } from "./dependents.ts";
import { isUnanswered } from "./engine-answers.ts";
import type { HealLease } from "./journal.ts";
import { STOPPED, type Failure, type Verdict } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { rollBack } from "./way-back.ts";

/** From the gate's verdict to the end. */
export async function settle(
  lease: HealLease,
  verdict: Verdict,
  parts: HealParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const failure =
    verdict.kind === "failed" ? verdict : await failureOfDependents(lease, parts, signal);
  if (failure !== null) return rollBack(lease, parts, steady(parts), failure, signal);
  const downtime = verdict.kind === "passed" ? verdict.downtime : null;
  return commit(lease, parts, steady(parts), downtime, signal);
}

/** Between the first and the last of them there is no good place to stand still: what keeps them from going on, be it a
 *  shutdown or a full disk, leads all of them back at once. Only an engine that gives no answer is waited for. */
async function failureOfDependents(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<Failure | null> {
  try {
    return await replaceDependents(lease, parts, signal);
  } catch (error) {
    if (signal.aborted) return STOPPED;
    if (!(error instanceof Error) || isUnanswered(error)) throw error;
    return { kind: "failed", reason: messageOf(error), quarantine: false };
  }
}

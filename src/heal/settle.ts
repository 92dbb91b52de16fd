import type { HealEnd } from "../domain/heal/record.ts";
import { actsOn, type Acts } from "./acts.ts";
import { commit } from "./commit.ts";
import { replaceDependents } from "./dependents.ts";
import type { HealLease } from "./journal.ts";
import type { Verdict } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { rollBack } from "./way-back.ts";

/** From the gate's verdict to the end. */
export async function settle(
  lease: HealLease,
  verdict: Verdict,
  parts: HealParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const acts = actsOn(parts.engine, parts.clock, signal);
  const failure =
    verdict.kind === "failed" ? verdict : await replaceDependents(lease, parts, acts, signal);
  if (failure !== null) return rollBack(lease, parts, steady(parts), failure, signal);
  const downtime = verdict.kind === "passed" ? verdict.downtime : null;
  return commit(lease, parts, steady(parts), downtime);
}

/** For the ways that a shutdown does not cut off: they are short, and stand between a service and nothing. */
export function steady({ engine, clock }: HealParts): Acts {
  return actsOn(engine, clock, new AbortController().signal);
}

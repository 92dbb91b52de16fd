import type { EngineId, EpochMs } from "../ids.ts";
import { affectedBy } from "../incident.ts";
import { remedyFor } from "../remedy.ts";
import { healSubjectOf } from "../subject.ts";
import { isDiverged } from "../verdict.ts";
import type { HealTarget } from "./plan.ts";
import type { HealCase } from "./record.ts";

/** What every heal of a target has in common, whatever its method. */
export function caseOf(
  { judgement }: HealTarget,
  more: Pick<HealCase, "id" | "by"> & { readonly engine: EngineId; readonly now: EpochMs },
): HealCase {
  const { id, by, engine, now } = more;
  return {
    id,
    engine,
    subject: healSubjectOf(judgement.subject),
    container: judgement.container.name,
    affected: affectedBy(judgement),
    divergedSince: isDiverged(judgement) ? judgement.divergedSince : now,
    remedy: remedyFor(judgement),
    by,
    openedAt: now,
  };
}

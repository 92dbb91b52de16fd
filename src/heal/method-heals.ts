import type { GateSettings } from "../domain/heal/gate-limits.ts";
import type { HealMethod, HealTarget, PlannedHeal } from "../domain/heal/plan.ts";
import type { HealEnd, HealRecord } from "../domain/heal/record.ts";
import { isSwarmTask, swarmServicesOf } from "../domain/heal/swarm-due.ts";
import type { SwarmPhase, SwarmRecord } from "../domain/heal/swarm-record.ts";
import { healSubjectOf } from "../domain/subject.ts";
import type { SwarmEngine } from "../engine/swarm-engine.ts";
import type { HealRow } from "../state/heal-table.ts";
import type { HealerParts } from "./healer.ts";
import { lastWords } from "./last-words.ts";
import type { HealParts } from "./parts.ts";
import { recoverHeal } from "./recover.ts";
import type { SwarmParts } from "./swarm/lease.ts";
import { planSwarm } from "./swarm/plan.ts";
import { recoverSwarmHeal } from "./swarm/recover.ts";
import { runSwarmHeal } from "./swarm/run.ts";
import { runHeal } from "./transaction.ts";
import type { HealWorldView } from "./world.ts";

/** The record of a heal, by its method. */
export type MethodRecord = HealRecord | SwarmRecord;

export type Prepared =
  | { readonly kind: "ready"; readonly record: MethodRecord }
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string | null };

export function methodOf({ judgement }: HealTarget): HealMethod {
  return isSwarmTask(judgement) ? "swarm" : "engine";
}

export async function prepareSwarm(
  { target }: PlannedHeal,
  view: HealWorldView,
  options: Pick<HealRecord, "id" | "by">,
  parts: HealParts & { readonly swarm: SwarmEngine },
  signal: AbortSignal,
): Promise<Prepared> {
  const subject = healSubjectOf(target.judgement.subject);
  const service = swarmServicesOf(view.judgements).find((one) => one.subject === subject);
  if (service === undefined)
    return { kind: "refused", reason: "its service cannot be told", remedy: null };
  const plan = await planSwarm(service, options, swarmParts(parts), signal);
  switch (plan.kind) {
    case "ready":
      return { kind: "ready", record: plan.record };
    case "refused":
      return plan;
    case "wait":
      return { kind: "refused", reason: plan.reason, remedy: null };
  }
}

export async function runByMethod(
  record: MethodRecord,
  parts: HealerParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { book, account } = parts;
  switch (record.method) {
    case "engine":
      return runHeal(book.open(record, account), parts, signal);
    case "swarm": {
      const lease = book.openFor<SwarmRecord, SwarmPhase>(record, "open", account);
      return runSwarmHeal(lease, swarmParts(parts), signal);
    }
  }
}

/** Goes on with a heal that was cut off. */
export async function recoverByMethod(
  row: HealRow,
  parts: HealerParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  const { book, account } = parts;
  switch (row.record.method as HealMethod) {
    case "engine":
    case "compose":
      return recoverHeal(book.resume(row, account), parts, signal);
    case "swarm": {
      const lease = book.resumeFor<SwarmRecord, SwarmPhase>(row, account);
      return recoverSwarmHeal(lease, swarmParts(parts), signal);
    }
  }
}

function swarmParts(
  parts: HealParts & { readonly gate: GateSettings; readonly swarm: SwarmEngine },
): SwarmParts {
  const { engine, swarm, clock, gate, progress } = parts;
  return {
    engine,
    swarm,
    clock,
    settings: gate,
    lastWords: (id) => lastWords(id, engine),
    progress: ({ container }) => progress?.({ container, step: "swarm" }),
  };
}

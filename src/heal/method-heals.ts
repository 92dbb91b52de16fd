import type { HealMethod, HealStep, HealTarget, PlannedHeal } from "../domain/heal/plan.ts";
import type { HealEnd, HealRecord } from "../domain/heal/record.ts";
import { handsOff, isSwarmTask, swarmServicesOf } from "../domain/heal/swarm-due.ts";
import type { SwarmPhase, SwarmRecord } from "../domain/heal/swarm-record.ts";
import { healSubjectOf } from "../domain/subject.ts";
import type { HealRow } from "../state/heal-table.ts";
import type { HealerParts } from "./healer.ts";
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
  /** `steps` where the method knows them better than the plan. */
  | {
      readonly kind: "ready";
      readonly record: MethodRecord;
      readonly steps?: readonly HealStep[];
    }
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string | null }
  /** Not now, and nothing that people need to hear of: it is judged anew. */
  | { readonly kind: "wait"; readonly reason: string };

export function methodOf({ judgement }: HealTarget): HealMethod {
  return isSwarmTask(judgement) ? "swarm" : "engine";
}

export interface SwarmOptions extends Pick<HealRecord, "id" | "by"> {
  /** Overrides a hold on another task of the service. */
  readonly force: boolean;
}

export async function prepareSwarm(
  { target, dependents }: PlannedHeal,
  view: HealWorldView,
  options: SwarmOptions,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<Prepared> {
  const subject = healSubjectOf(target.judgement.subject);
  const service = swarmServicesOf(view.judgements).find((one) => one.subject === subject);
  if (service === undefined)
    return { kind: "refused", reason: "its service cannot be told", remedy: null };
  const reason = handsOff(service, options) ?? leftBehind(dependents);
  if (reason !== null) return { kind: "refused", reason, remedy: null };
  return planSwarm(service, { ...options, cause: target.cause }, parts, signal);
}

/** Swarm knows nothing of what hangs on a task's container. */
function leftBehind([first]: PlannedHeal["dependents"]): string | null {
  return first === undefined
    ? null
    : `${first.container.name} hangs on ${first.on.name}, and Swarm would leave it behind`;
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
      return runSwarmHeal(lease, parts, signal);
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
      return recoverSwarmHeal(lease, parts, signal);
    }
  }
}

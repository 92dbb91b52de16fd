import { caseOf } from "../domain/heal/case.ts";
import type { ComposePhase } from "../domain/heal/compose-turn.ts";
import type { HealMethod, HealStep, HealTarget, PlannedHeal } from "../domain/heal/plan.ts";
import type { HealEnd, HealRecord } from "../domain/heal/record.ts";
import { handsOff, isSwarmTask, swarmServicesOf } from "../domain/heal/swarm-due.ts";
import type { SwarmPhase, SwarmRecord } from "../domain/heal/swarm-record.ts";
import type { EpochMs, ImageId } from "../domain/ids.ts";
import type { Memory } from "../domain/memory.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { remedyFor } from "../domain/remedy.ts";
import { healSubjectOf, isReplica } from "../domain/subject.ts";
import type { HealRow } from "../state/heal-table.ts";
import { composeCommands, type ComposeCommands } from "./compose/commands.ts";
import type { ComposeMethod } from "./compose/method.ts";
import { composeRecord, planCompose } from "./compose/plan.ts";
import type { ComposeHealRecord } from "./compose/record.ts";
import { recoverComposeHeal } from "./compose/recover.ts";
import { runComposeHeal } from "./compose/run.ts";
import type { HealerParts } from "./healer.ts";
import type { HealParts } from "./parts.ts";
import { recoverHeal } from "./recover.ts";
import type { SwarmParts } from "./swarm/lease.ts";
import { planSwarm } from "./swarm/plan.ts";
import { recoverSwarmHeal } from "./swarm/recover.ts";
import { runSwarmHeal } from "./swarm/run.ts";
import { runHeal } from "./transaction.ts";
import type { HealWorldView } from "./world.ts";

/** The record of a heal, by its method. */
export type MethodRecord = HealRecord | ComposeHealRecord | SwarmRecord;

export type Prepared =
  /** `steps` where the method knows them better than the plan. */
  | {
      readonly kind: "ready";
      readonly record: MethodRecord;
      readonly steps?: readonly HealStep[];
      /** What cannot be undone, one sentence each; absent: nothing. */
      readonly warnings?: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string | null }
  /** Not now, and nothing that people need to hear of: it is judged anew. */
  | { readonly kind: "wait"; readonly reason: string };

/** Compose is asked only where the configuration says so, and only for what it made. */
export function methodOf({ judgement }: HealTarget, compose: ComposeMethod | null): HealMethod {
  if (isSwarmTask(judgement)) return "swarm";
  return compose !== null && isReplica(judgement.container.labels) ? "compose" : "engine";
}

export interface ComposeOptions extends Pick<HealRecord, "id" | "by"> {
  readonly now: EpochMs;
  /** Recreate also what is fresh. */
  readonly force: boolean;
}

export async function prepareCompose(
  { target, dependents }: PlannedHeal,
  view: HealWorldView,
  options: ComposeOptions,
  parts: HealParts & { readonly compose: ComposeMethod },
  signal: AbortSignal,
): Promise<Prepared> {
  const { id, newest } = { id: target.judgement.container.id, newest: target.judgement.newest };
  const container = view.inspects.get(id);
  if (container === undefined) return { kind: "wait", reason: "it was removed by somebody else" };
  const request = {
    heal: options.id,
    container,
    newImage: newest.id,
    imageConfig: (image: ImageId) => rememberedConfig(view.memory, image),
    force: options.force,
    dependents: dependents.map((one) => one.container.name),
  };
  const { engine, compose } = parts;
  const plan = await planCompose(request, { engine, ...compose }, signal);
  if (plan.kind === "refused")
    return { kind: "refused", reason: plan.reason, remedy: remedyFor(target.judgement) };
  const heal = caseOf(target, { ...options, engine: engine.identity.id });
  return { kind: "ready", record: composeRecord(heal, plan), warnings: plan.warnings };
}

function rememberedConfig({ images }: Memory, image: ImageId): JsonObject | null {
  const config = images.get(image)?.config ?? null;
  return config === null ? null : (JSON.parse(config) as JsonObject);
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
    case "compose": {
      const lease = book.openFor<ComposeHealRecord, ComposePhase>(record, "open", account);
      return runComposeHeal(lease, { ...parts, commands: commandsOf(parts) }, signal);
    }
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
      return recoverHeal(book.resume(row, account), parts, signal);
    case "compose": {
      const lease = book.resumeFor<ComposeHealRecord, ComposePhase>(row, account);
      return recoverComposeHeal(lease, { ...parts, commands: commandsOf(parts) }, signal);
    }
    case "swarm": {
      const lease = book.resumeFor<SwarmRecord, SwarmPhase>(row, account);
      return recoverSwarmHeal(lease, parts, signal);
    }
  }
}

/** A heal through Compose may have to be finished although the configuration knows none any more. */
function commandsOf({ compose }: HealerParts): ComposeCommands {
  return compose?.commands ?? composeCommands({});
}

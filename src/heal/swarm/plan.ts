import { messageOf } from "../../domain/error.ts";
import { nodeRefusal, swarmPreflight } from "../../domain/heal/swarm-preflight.ts";
import { swarmLimits, type SwarmLimits } from "../../domain/heal/swarm-limits.ts";
import type { HealStep } from "../../domain/heal/plan.ts";
import type { SwarmRecord } from "../../domain/heal/swarm-record.ts";
import {
  forceUpdateIn,
  imageIn,
  isServing,
  type SwarmNode,
  type SwarmService,
} from "../../domain/heal/swarm-service.ts";
import type { SwarmServiceCase } from "../../domain/heal/swarm-due.ts";
import { swarmSteps } from "../../domain/heal/swarm-steps.ts";
import type { SeenTask } from "../../domain/heal/swarm-standing.ts";
import { imageId, type ImageId } from "../../domain/ids.ts";
import { swarmRemedy } from "../../domain/remedy.ts";
import { objectAt, textAt } from "../../domain/replacement/read.ts";
import { statusOf } from "../../engine/call.ts";
import type { SwarmParts } from "./lease.ts";
import { lookAtService } from "./reading.ts";

export interface SwarmPlanOptions {
  /** The heal's. */
  readonly id: string;
  readonly by: SwarmRecord["by"];
  /** Why it is to be healed, in plain words, without a full stop. */
  readonly cause: string;
}

export type SwarmPlan =
  | { readonly kind: "ready"; readonly record: SwarmRecord; readonly steps: readonly HealStep[] }
  /** `remedy`: the command for a person, on a worker to be typed on a manager. */
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string | null }
  /** Not now: it is judged anew at the next scan. */
  | { readonly kind: "wait"; readonly reason: string };

type Parts = Pick<SwarmParts, "engine" | "swarm" | "clock" | "gate">;

/** Looks whether a service can be healed from here, and what that would be. Changes nothing. */
export async function planSwarm(
  one: SwarmServiceCase,
  options: SwarmPlanOptions,
  parts: Parts,
  signal: AbortSignal,
): Promise<SwarmPlan> {
  const remedy = swarmRemedy(one.name, one.lead);
  const node = await parts.swarm.node(signal);
  const reason = nodeRefusal(node);
  if (reason !== null) return { kind: "refused", reason, remedy };
  try {
    return await planOnManager({ one, options, parts, node, remedy }, signal);
  } catch (error) {
    // Managers that cannot agree on a leader answer so, for example.
    if (statusOf(error) === null) throw error;
    return { kind: "wait", reason: `Swarm does not say: ${messageOf(error)}` };
  }
}

interface Planning {
  readonly one: SwarmServiceCase;
  readonly options: SwarmPlanOptions;
  readonly parts: Parts;
  readonly node: SwarmNode;
  readonly remedy: string | null;
}

async function planOnManager(planning: Planning, signal: AbortSignal): Promise<SwarmPlan> {
  const { one, options, parts, node, remedy } = planning;
  const { service, tasks } = await lookAtService(one.id, parts, new Map(), signal);
  if (service === null) return { kind: "wait", reason: "the service is gone" };
  const image = await parts.engine.inspectImage(imageIn(service.spec), signal);
  const preflight = swarmPreflight({
    service,
    tasks,
    peers: await parts.swarm.peers(signal),
    node,
    reference: one.lead.reference,
    newest: one.lead.newest,
    meantNow: image && imageId(textAt(image, "Id")),
    mounts: one.tasks.flatMap(({ container }) => container.mounts),
    settle: parts.gate.settle,
    now: parts.clock.now(),
  });
  if (preflight.kind === "refused") return { ...preflight, remedy };
  if (preflight.kind === "wait") return preflight;
  const limits = swarmLimits(service.spec, objectAt(image ?? {}, "Config"), parts.gate);
  const record = recordOf({ ...planning, service, tasks, limits });
  return { kind: "ready", record, steps: swarmSteps(record, service, tasks, options.cause) };
}

interface RecordInput extends Planning {
  readonly service: SwarmService;
  readonly tasks: readonly SeenTask[];
  readonly limits: SwarmLimits;
}

function recordOf({
  one,
  options,
  parts,
  service,
  tasks,
  limits,
  remedy,
}: RecordInput): SwarmRecord {
  const { lead } = one;
  const { project, reference, running, newest } = lead;
  const now = parts.clock.now();
  return {
    method: "swarm",
    id: options.id,
    by: options.by,
    engine: parts.engine.identity.id,
    subject: one.subject,
    container: one.name,
    affected: { container: one.name, project, service: one.name, reference, running, newest },
    divergedSince: "divergedSince" in lead ? lead.divergedSince : now,
    remedy,
    openedAt: now,
    serviceId: service.id,
    image: imageIn(service.spec),
    newImage: newest.id,
    oldImages: imagesOf(tasks).filter((image) => image !== newest.id),
    forceUpdate: forceUpdateIn(service.spec),
    updateStartedAt: service.update?.startedAt ?? null,
    knownTasks: tasks.map(({ id }) => id),
    limits,
  };
}

function imagesOf(tasks: readonly SeenTask[]): readonly ImageId[] {
  const serving = tasks.filter(isServing).flatMap(({ image }) => image ?? []);
  return [...new Set(serving)];
}

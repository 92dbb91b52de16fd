import { healLeftover } from "../../domain/heal/temporary-names.ts";
import {
  replicaTurn,
  type ReplicaTurn,
  type ReplicaWorld,
} from "../../domain/heal/compose-turn.ts";
import type { ContainerId } from "../../domain/ids.ts";
import { COMPOSE } from "../../domain/labels.ts";
import { subjectOf } from "../../domain/subject.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { Acts } from "../acts.ts";
import { CLOCKS_APART } from "../deploy.ts";
import type { Look } from "../look.ts";
import type { ComposeHealRecord, ComposeReplica } from "./record.ts";
import { isRestoredBy } from "../restored.ts";

/** One container of the service, and what stands in its place by now. */
export interface ReplicaSight {
  readonly replica: ComposeReplica;
  readonly old: Look | null;
  /** The old one runs, but somebody has begun to stop it: a Compose that was killed in the middle, whose stop goes on
   *  without it. */
  readonly isEnding: boolean;
  /** On the newest image, the one that runs first. */
  readonly successors: readonly Look[];
  /** What our way back has made. */
  readonly restored: Look | null;
  readonly stranger: Look | null;
  readonly world: ReplicaWorld;
  readonly turn: ReplicaTurn;
}

const calls = new AbortController().signal;

/** What there is of the service. The list gives the IDs, the inspects say what they are. */
export async function observe(
  record: ComposeHealRecord,
  engine: HealEngine,
  acts: Acts,
): Promise<readonly ReplicaSight[]> {
  const ids = await serviceContainers(record.project, engine, calls);
  const looks = await Promise.all(ids.map((id) => acts.look(id)));
  const present = looks.filter((look) => look !== null);
  return Promise.all(
    record.replicas.map(async (replica) => {
      const old = await acts.look(replica.id);
      const isEnding =
        old?.sighting === "running" &&
        (await engine.wasToldToEnd(replica.id, record.openedAt - CLOCKS_APART, calls));
      return sightOf({ replica, old, isEnding }, present, record);
    }),
  );
}

/** What Compose had begun to remove when the engine died holds its name, and cannot be started any more. */
export async function finishRemovals(
  { project, replicas }: ComposeHealRecord,
  engine: HealEngine,
  acts: Acts,
): Promise<void> {
  const present = await serviceContainers(project, engine, calls);
  for (const id of new Set([...replicas.map(({ id }) => id), ...present]))
    await acts.finishRemoval(id);
}

/** In any state, ours too. */
export function serviceContainers(
  { project, service }: Pick<ComposeHealRecord["project"], "project" | "service">,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<readonly ContainerId[]> {
  const labels = [`${COMPOSE.project}=${project}`, `${COMPOSE.service}=${service}`];
  return engine.list({ labels }, signal);
}

function sightOf(
  { replica, old, isEnding }: Pick<ReplicaSight, "replica" | "old" | "isEnding">,
  present: readonly Look[],
  record: ComposeHealRecord,
): ReplicaSight {
  const others = present.filter(
    (look) => look.id !== replica.id && subjectOf(look) === replica.subject,
  );
  const restored = others.find((look) => isRestoredBy(look, record)) ?? null;
  const foreign = others.filter((look) => look !== restored && healLeftover(look.name) === null);
  const successors = foreign
    .filter(({ imageId }) => imageId === record.newImage)
    .toSorted((a, b) => Number(isRunning(b)) - Number(isRunning(a)));
  const stranger =
    foreign.find((look) => isRunning(look) && look.imageId !== record.newImage) ?? null;
  const world: ReplicaWorld = {
    old: old?.sighting ?? "absent",
    oldIsUntouched: old !== null && !isEnding && isUntouched(old, replica),
    wasFresh: replica.imageId === record.newImage,
    successor: successors[0]?.sighting ?? "absent",
    strangerRuns: stranger !== null,
  };
  return {
    replica,
    old,
    isEnding,
    successors,
    restored,
    stranger,
    world,
    turn: replicaTurn(world),
  };
}

function isRunning({ sighting }: Look): boolean {
  return sighting === "running";
}

function isUntouched({ name, gate }: Look, replica: ComposeReplica): boolean {
  const { status, startedAt } = gate;
  return name === replica.name && status === "running" && startedAt === replica.startedAt;
}

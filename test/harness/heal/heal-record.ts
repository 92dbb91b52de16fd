import { planHeals } from "../../../src/domain/heal/plan.ts";
import type { HealRecord } from "../../../src/domain/heal/record.ts";
import { relationsOf } from "../../../src/domain/heal/relations-of.ts";
import { containerId, imageId } from "../../../src/domain/ids.ts";
import { EMPTY_MEMORY } from "../../../src/domain/memory.ts";
import type { ContainerState } from "../../../src/domain/observation.ts";
import type { JsonObject } from "../../../src/domain/replacement/json.ts";
import { subjectOf } from "../../../src/domain/subject.ts";
import type { Diverged } from "../../../src/domain/verdict.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import { lookAt } from "../../../src/heal/look.ts";
import { preflight, type Preflight } from "../../../src/heal/preflight.ts";

const NEVER = new AbortController().signal;

export interface HealScene {
  /** The stale container, running. */
  readonly name: string;
  /** Containers that may hang on it. */
  readonly others?: readonly string[];
  /** `web:latest`. */
  readonly tag: string;
  readonly newImage: string;
}

let heals = 0;

/** Plans a heal and looks whether it can be done, as the daemon does once it has judged the container stale. */
export async function preflightOf(
  engine: HealEngine,
  { name, others = [], tag, newImage }: HealScene,
): Promise<Preflight> {
  const found = await Promise.all([name, ...others].map((one) => engine.inspect(one, NEVER)));
  const inspects = found.filter((one) => one !== null);
  const stale = inspects.find((inspect) => lookAt(inspect).name === name);
  if (stale === undefined) throw new Error(`${name} is not there`);
  const judgement = staleJudgement(stale, tag, newImage);
  const world = {
    judgements: [judgement],
    memory: EMPTY_MEMORY,
    inspects: new Map(inspects.map((inspect) => [lookAt(inspect).id, inspect])),
    relations: inspects.map(relationsOf),
  };
  const targets = [{ judgement, cause: "the test says so" }];
  const plan = { targets, relations: world.relations, cleanup: false };
  const [planned] = planHeals({ ...plan, methodOf: () => "engine" as const }).heals;
  if (planned === undefined) throw new Error(`no heal of ${name} is planned`);
  const id = `h${String(process.pid)}x${String(++heals)}`;
  const options = {
    id,
    by: "daemon" as const,
    cleanup: false,
    now: Date.now(),
    hiddenLoss: () => Promise.resolve(null),
  };
  return preflight(planned, world, engine, options, NEVER);
}

export async function healRecord(engine: HealEngine, scene: HealScene): Promise<HealRecord> {
  const answer = await preflightOf(engine, scene);
  if (answer.kind === "ready") return answer.record;
  throw new Error(`the heal of ${scene.name} is refused: ${answer.reason}`);
}

function staleJudgement(inspect: JsonObject, tag: string, newImage: string): Diverged {
  const look = lookAt(inspect);
  const container = {
    id: containerId(look.id),
    name: look.name,
    image: look.imageId,
    imageId: imageId(look.imageId),
    manifestDigest: null,
    createdAt: 0,
    state: "running" as ContainerState,
    labels: look.labels,
    mounts: [],
  };
  return {
    container,
    subject: subjectOf(container),
    project: look.labels["com.docker.compose.project"] ?? null,
    replicas: 1,
    service: look.labels["com.docker.compose.service"] ?? null,
    reference: tag,
    strategy: "same-tag",
    mode: "heal",
    running: { id: imageId(look.imageId), createdAt: 0 },
    hold: null,
    ack: null,
    warnings: [],
    verdict: "stale",
    reasonCode: "tag-moved",
    newest: { id: imageId(newImage), tag, createdAt: 0, revision: null },
    rolledBack: false,
    divergedSince: 0,
    graceEndsAt: 0,
    firstSeenAt: 0,
    newestSeenAt: 0,
    healReadyAt: 0,
    healBlockedBy: null,
    healBlocks: [],
    notClonable: null,
  };
}

import pMap from "p-map";
import { relationsOf } from "../domain/heal/relations-of.ts";
import type { Relations } from "../domain/heal/relations.ts";
import type { ContainerId } from "../domain/ids.ts";
import type { Memory } from "../domain/memory.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import type { Judgement } from "../domain/verdict.ts";
import type { HealEngine } from "../engine/heal-engine.ts";

/** What a plan is made from: one scan, and the inspects of all running containers. */
export interface HealWorldView {
  readonly judgements: readonly Judgement[];
  readonly memory: Memory;
  /** Raw, by ID. */
  readonly inspects: ReadonlyMap<ContainerId, JsonObject>;
  readonly relations: readonly Relations[];
}

/** Inspects at once: they are small, and a host may have a thousand containers. */
const CONCURRENCY = 8;

/** Who hangs on whom shows in the inspects alone: one call a running container, made only when something is to be
 *  healed. */
export async function viewWorld(
  judgements: readonly Judgement[],
  memory: Memory,
  engine: HealEngine,
  signal: AbortSignal,
): Promise<HealWorldView> {
  const ids = judgements.map(({ container }) => container.id);
  const inspects = await inspectAll(ids, engine, signal);
  return { judgements, memory, inspects, relations: [...inspects.values()].map(relationsOf) };
}

/** Of those that are still there, raw, by ID. */
export async function inspectAll(
  ids: readonly ContainerId[],
  engine: HealEngine,
  signal: AbortSignal,
): Promise<ReadonlyMap<ContainerId, JsonObject>> {
  const found = await pMap(ids, async (id) => [id, await engine.inspect(id, signal)] as const, {
    concurrency: CONCURRENCY,
    signal,
  });
  return new Map(
    found.flatMap(([id, inspect]) => (inspect === null ? [] : [[id, inspect] as const])),
  );
}

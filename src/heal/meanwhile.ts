import type { HealRecord } from "../domain/heal/record.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { objectAt, pick, sameJson } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { dependentOf } from "./dependents.ts";
import type { HealLease } from "./journal.ts";
import { lookAt } from "./look.ts";

/** What people did while the replacement was on trial, and what became of that: one sentence each. To be asked before the
 *  old container goes. */
export async function changesMeanwhile(lease: HealLease, engine: HealEngine): Promise<string[]> {
  return [...(await changesOfOld(lease.record, engine)), ...letGo(lease)];
}

async function changesOfOld(
  { oldId, old, container }: HealRecord,
  engine: HealEngine,
): Promise<string[]> {
  const now = await engine.inspect(oldId, new AbortController().signal);
  if (now === null || sameJson(definitionOf(now), definitionOf(old))) return [];
  const what = "somebody changed its limits or networks meanwhile";
  return [`${container}: ${what}; that was not carried over`];
}

/** What can be changed of a container that is there, without what the heal itself changes. */
function definitionOf(inspect: JsonObject): JsonObject {
  const host = pick(objectAt(inspect, "HostConfig"), (key) => key !== "RestartPolicy");
  const networks = objectAt(objectAt(inspect, "NetworkSettings"), "Networks");
  return { host, networks: Object.keys(networks).sort() };
}

function letGo(lease: HealLease): string[] {
  const what = "was stopped, paused, renamed or removed meanwhile, and is left alone";
  return lease.record.dependents
    .filter((seed) => dependentOf(lease, seed) === null)
    .map(({ old }) => `${lookAt(old).name}, which hung on it, ${what}`);
}

import type { ContainerId } from "../domain/ids.ts";
import type { Connection } from "../domain/replacement/networks.ts";
import { objectAt } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";

const calls = new AbortController().signal;

/** Connects it to those of the networks that it is not in yet. */
export async function ensureConnected(
  id: ContainerId,
  wanted: readonly Connection[],
  engine: HealEngine,
): Promise<void> {
  if (wanted.length === 0) return;
  const inspect = (await engine.inspect(id, calls)) ?? {};
  const present = objectAt(objectAt(inspect, "NetworkSettings"), "Networks");
  for (const { network, endpoint } of wanted)
    if (!(network in present)) await engine.connectNetwork(network, id, endpoint, calls);
}

import { nodeRefusal } from "../../domain/heal/swarm-preflight.ts";
import { healEnd, type HealEnd, type HealOutcome } from "../../domain/heal/record.ts";
import { hasBegun } from "../../domain/heal/swarm-record.ts";
import type { SwarmNode, SwarmService } from "../../domain/heal/swarm-service.ts";
import type { SwarmLease, SwarmParts } from "./lease.ts";
import { patiently } from "./patience.ts";
import { watchService } from "./watch.ts";

const calls = new AbortController().signal;

/** Goes on with the heal of a Swarm service that was cut off. Swarm itself was not cut off: where it had taken the
 *  update, its tasks are watched on; where it had not, it is not asked again, because all is judged anew. */
export async function recoverSwarmHeal(
  lease: SwarmLease,
  parts: SwarmParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  if (lease.phase === "open") return close(lease, "discarded", NOT_TAKEN);
  const { record } = lease;
  const node = (): Promise<SwarmNode> => parts.swarm.node(calls);
  const blind = nodeRefusal(await patiently(node, record, parts, signal));
  if (blind !== null) return close(lease, "left", `what became of it cannot be seen: ${blind}`);
  if (lease.phase === "updating" && !(await begun(lease, parts, signal)))
    return close(lease, "discarded", NOT_TAKEN);
  lease.enter("watching");
  return watchService(lease, parts, signal);
}

const NOT_TAKEN = "cut off before Swarm had taken the update";

/** A service that is gone is for the watching to tell. */
async function begun(lease: SwarmLease, parts: SwarmParts, signal: AbortSignal): Promise<boolean> {
  const { record } = lease;
  const ask = (): Promise<SwarmService | null> => parts.swarm.service(record.serviceId, calls);
  const service = await patiently(ask, record, parts, signal);
  return service === null || hasBegun(service, record);
}

function close(lease: SwarmLease, outcome: HealOutcome, detail: string): HealEnd {
  const end = healEnd(outcome, detail);
  lease.close(end);
  return end;
}

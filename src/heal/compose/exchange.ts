import type { ContainerId } from "../../domain/ids.ts";
import type { Connection } from "../../domain/replacement/networks.ts";
import { isObject, objectAt } from "../../domain/replacement/read.ts";
import type { Replacement } from "../../domain/replacement/replacement.ts";
import type { Acts } from "../acts.ts";
import { ensureConnected } from "../connect.ts";
import type { Look } from "../look.ts";
import { startRefusal } from "../start-refusal.ts";
import type { Conclusion } from "./conclude.ts";
import { gate } from "./gate.ts";
import type { ComposeReplica } from "./record.ts";
import type { ReplicaSight } from "./world.ts";

/** What became of one container on the way back. */
export interface Return {
  /** `left`: others have it by now. `failed`: nothing could be done for it. */
  readonly kind: "back" | "left" | "failed";
  readonly note: string | null;
}

export type Exchange = Return | { readonly kind: "refused"; readonly reason: string };

/** Puts a container back in the place of what Compose has made, which is stopped before that may take its ports and
 *  addresses, and removed when it runs: what both mount is kept by the one that stays. Where the engine does not start it,
 *  nothing is removed. */
export async function exchange(
  sight: ReplicaSight,
  back: Look,
  { parts, acts, signal }: Conclusion,
): Promise<Exchange> {
  const { replica, old, successors, restored, isEnding } = sight;
  const others = [...successors, ...(restored === null ? [] : [restored])].filter(
    ({ id }) => id !== back.id,
  );
  for (const { id } of others) await acts.ensureStopped(id);
  // Started while it ends, it would be started already, and down a moment later.
  if (isEnding && back.id === replica.id) await acts.ensureStopped(back.id);
  if (replica.wayBack.kind === "definition")
    await ensureConnected(back.id, networksOf(replica.wayBack.replacement), parts.engine);
  const refusal = await startRefusal(back.id, acts);
  if (refusal !== null) return { kind: "refused", reason: refusal.reason };
  await removeAll(others, acts);
  // Its volumes are the other one's by now.
  if (old !== null && old.id !== back.id) await acts.ensureRemoved(old.id, { volumes: false });
  await ensureItsOwn(replica, back.id, acts);
  const fault = await faultOf(back.id, { parts, acts, signal });
  return { kind: "back", note: fault === null ? null : `and the old ${replica.name}: ${fault}` };
}

export async function removeAll(looks: readonly Look[], acts: Acts): Promise<void> {
  for (const { id } of looks) {
    await acts.ensureStopped(id);
    await acts.ensureRemoved(id, { volumes: true });
  }
}

/** Its name, and the restart policy that it was created without. */
async function ensureItsOwn(
  { name, wayBack, id: oldId }: ComposeReplica,
  id: ContainerId,
  acts: Acts,
): Promise<void> {
  const policy = wayBack.kind === "definition" ? wayBack.replacement.restartPolicy : null;
  if (id !== oldId && policy !== null) await acts.ensureRestartPolicy(id, policy);
  await acts.ensureName(id, name);
}

/** Compose 2.40 takes the old container out of a network that it replaces; and where a create takes only one network, the
 *  others may be missing still. */
function networksOf({ create, connect }: Replacement): readonly Connection[] {
  const atCreate = objectAt(objectAt(create, "NetworkingConfig"), "EndpointsConfig");
  const endpoints = Object.entries(atCreate).map(([network, endpoint]) => ({
    network,
    endpoint: isObject(endpoint) ? endpoint : {},
  }));
  return [...endpoints, ...connect];
}

/** The trial of what is back changes nothing any more: it tells whether there is more to say. A shutdown does not wait
 *  for it. */
async function faultOf(
  id: ContainerId,
  { parts, acts, signal }: Pick<Conclusion, "parts" | "acts" | "signal">,
): Promise<string | null> {
  try {
    const end = await gate(id, parts, acts, signal);
    return end.kind === "passed" ? null : end.reason;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

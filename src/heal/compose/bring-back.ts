import { messageOf } from "../../domain/error.ts";
import type { ContainerId } from "../../domain/ids.ts";
import { isObject, objectAt } from "../../domain/replacement/read.ts";
import type { Replacement } from "../../domain/replacement/replacement.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { Acts } from "../acts.ts";
import type { Look } from "../look.ts";
import { trial } from "../trial.ts";
import { closed, composeEnd } from "./end.ts";
import type { ComposeHealEnd, ComposeReplica } from "./record.ts";
import type { Conclusion } from "./conclude.ts";
import { observe, type ReplicaSight } from "./world.ts";

export interface BringBackReason {
  readonly reason: string;
  /** Whether the image is to blame. */
  readonly quarantine: boolean;
}

/** What ran before runs again, container by container: the old one where it is still there, else its definition on its
 *  old image. Where that is gone, what runs is left. */
export async function bringBack(
  conclusion: Conclusion,
  { reason, quarantine }: BringBackReason,
): Promise<ComposeHealEnd> {
  const { lease, parts, acts, compose } = conclusion;
  lease.enter("bringing-back");
  const sights = await observe(lease.record, parts.engine, acts);
  const logs = await lastWords(sights, parts.engine);
  const returns: Return[] = [];
  for (const sight of sights) returns.push(await bringBackOne(sight, conclusion));
  const notes = returns.flatMap(({ note }) => note ?? []);
  const outcome = returns.some(({ kind }) => kind === "back") ? "rolled-back" : "left";
  const detail = [reason, ...notes].join("; ");
  return closed(lease, composeEnd(outcome, detail, { quarantine, compose, logs }));
}

interface Return {
  readonly kind: "back" | "left";
  readonly note: string | null;
}

async function bringBackOne(sight: ReplicaSight, conclusion: Conclusion): Promise<Return> {
  const { replica, old, stranger } = sight;
  if (stranger !== null) return left(`${stranger.name} was deployed by somebody else meanwhile`);
  if (sight.turn === "untouched") {
    await removeAll(sight.successors, conclusion.acts);
    return { kind: "back", note: null };
  }
  if (sight.turn === "gone" && sight.restored === null)
    return left(`${replica.name} was removed by somebody else`);
  const { acts } = conclusion;
  const back = old ?? sight.restored ?? (await recreated(sight, conclusion));
  if (typeof back === "string") {
    const [successor] = sight.successors;
    if (successor !== undefined) await acts.ensureStarted(successor.id).catch(() => undefined);
    return left(`${replica.name} cannot be brought back (${back}), so that the new one was left`);
  }
  return exchange(sight, back, conclusion);
}

function left(note: string): Return {
  return { kind: "left", note };
}

/** The old definition's container, not started yet; or why there is none. */
async function recreated(
  { replica: { wayBack } }: ReplicaSight,
  { parts: { engine }, acts }: Conclusion,
): Promise<Look | string> {
  if (wayBack.kind === "none") return wayBack.reason;
  const { name, create } = wayBack.replacement;
  try {
    const id = await engine.create(name, create, calls);
    return (await acts.look(id)) ?? "it vanished as soon as it was created";
  } catch (error) {
    // The answer may have been lost on the way.
    return (await acts.look(name)) ?? messageOf(error);
  }
}

/** Stops what Compose has made before anything else may take its ports and addresses, and removes it only when the other
 *  one runs: volumes that both use are kept by that one. */
async function exchange(
  sight: ReplicaSight,
  back: Look,
  { parts, acts, signal }: Conclusion,
): Promise<Return> {
  const { replica, successors } = sight;
  const others = [...successors, ...(sight.restored === null ? [] : [sight.restored])].filter(
    ({ id }) => id !== back.id,
  );
  for (const { id } of others) await acts.ensureStopped(id);
  try {
    if (replica.wayBack.kind === "definition")
      await ensureConnected(back.id, replica.wayBack.replacement, parts.engine);
    await acts.ensureStarted(back.id);
  } catch (error) {
    const [successor] = successors;
    if (successor === undefined) throw error;
    await acts.ensureStarted(successor.id);
    return left(`${replica.name} cannot be brought back: ${messageOf(error)}`);
  }
  await removeAll(others, acts);
  await ensureItsOwn(replica, back.id, acts);
  const fault = await faultOf(back.id, { parts, acts, signal });
  return {
    kind: "back",
    note: fault === null ? null : `and ${replica.name}, brought back: ${fault}`,
  };
}

/** The trial of what is back changes nothing any more: it tells whether there is more to say. A shutdown does not wait
 *  for it. */
async function faultOf(
  id: ContainerId,
  { parts, acts, signal }: Pick<Conclusion, "parts" | "acts" | "signal">,
): Promise<string | null> {
  try {
    const end = await trial(id, parts.limits, { acts, clock: parts.clock }, signal);
    return end.kind === "passed" ? null : end.reason;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
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

async function removeAll(looks: readonly Look[], acts: Acts): Promise<void> {
  for (const { id } of looks) {
    await acts.ensureStopped(id);
    await acts.ensureRemoved(id, { volumes: true });
  }
}

/** Compose 2.40 takes the old container out of a network that it replaces; and where a create takes only one network, the
 *  others may be missing still. */
async function ensureConnected(
  id: ContainerId,
  { create, connect }: Replacement,
  engine: HealEngine,
): Promise<void> {
  const inspect = (await engine.inspect(id, calls)) ?? {};
  const present = objectAt(objectAt(inspect, "NetworkSettings"), "Networks");
  const atCreate = objectAt(objectAt(create, "NetworkingConfig"), "EndpointsConfig");
  const wanted = [
    ...Object.entries(atCreate).map(([network, endpoint]) => ({
      network,
      endpoint: isObject(endpoint) ? endpoint : {},
    })),
    ...connect,
  ];
  for (const { network, endpoint } of wanted)
    if (!(network in present)) await engine.connectNetwork(network, id, endpoint, calls);
}

const calls = new AbortController().signal;
const LOG_LINES = 20;

/** Of the first container that Compose has made. */
async function lastWords(sights: readonly ReplicaSight[], engine: HealEngine): Promise<string[]> {
  const failed = sights.flatMap(({ successors }) => successors)[0];
  if (failed === undefined) return [];
  try {
    return (await engine.logs(failed.id, LOG_LINES, calls)).split(/\r?\n/).filter(Boolean);
  } catch (error) {
    return [`(no log: ${messageOf(error)})`];
  }
}

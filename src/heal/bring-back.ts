import { messageOf } from "../domain/error.ts";
import { gateLimits } from "../domain/heal/gate-limits.ts";
import { healEnd, type HealEnd, type HealRecord } from "../domain/heal/record.ts";
import type { ContainerId } from "../domain/ids.ts";
import { objectAt } from "../domain/replacement/read.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts } from "./acts.ts";
import { removeReplacement, replacementIdOf } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import { lastWords } from "./last-words.ts";
import type { Failure } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { serveAgain, type Back } from "./serve-again.ts";
import { trial } from "./trial.ts";

export interface WayBackReason extends Omit<Failure, "kind"> {
  /** What to do where the old container does not start again. */
  readonly instead?: () => Promise<HealEnd>;
}

/** What came of it, and which container serves by now where that is ours. */
export interface BroughtBack {
  readonly id: ContainerId;
  readonly end: HealEnd;
}

/** The old containers serve again, under their names. What failed only steps down before that; it is asked for its last
 *  words and removed when they run: what cannot be removed must not keep them from it. Where the old one does not
 *  start, what may be done instead: the replacement is left for that. Else its definition is made anew. */
export async function bringBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  { reason, quarantine, instead }: WayBackReason,
  signal: AbortSignal,
): Promise<BroughtBack | NonNullable<WayBackReason["instead"]>> {
  const members = [lease, ...lease.dependents];
  for (const member of members.toReversed()) await stepDown(member, acts);
  for (const { record } of members) await giveBack(record, acts);
  const back = await serveAgain(lease.record, instead === undefined, parts, acts);
  if (back.who === "nobody" && instead !== undefined) return instead;
  const logs = await wordsOfFailed(lease, parts);
  const faults = [...back.faults];
  for (const member of members.toReversed()) faults.push(...(await clearAway(member, acts)));
  if (back.who !== "nobody") {
    const fault = await faultOf(back.id, lease.record, parts, acts, signal);
    if (fault !== null) faults.unshift(`and the old one: ${fault}`);
  }
  const { outcome, runsNow } = ENDS[back.who];
  // What keeps the old one from starting as well is not the new image's doing.
  const more = { quarantine: quarantine && back.atOnce, logs, runsNow };
  return { id: back.id, end: healEnd(outcome, [reason, ...faults].join("; "), more) };
}

const ENDS: Readonly<Record<Back["who"], Required<Pick<HealEnd, "outcome" | "runsNow">>>> = {
  old: { outcome: "rolled-back", runsNow: null },
  anew: {
    outcome: "rolled-back",
    runsNow: "another container of the old one's definition runs in its place, on the old image",
  },
  nobody: { outcome: "failed", runsNow: "the old container is there, but does not start" },
};

/** Port, addresses and name become free. */
async function stepDown(member: HealLease, acts: Acts): Promise<void> {
  const { container, replacement } = member.record;
  const id = await replacementIdOf(member, acts);
  if (id === null) return;
  await acts.ensureStopped(id);
  if ((await acts.look(id))?.name === container) await acts.ensureName(id, replacement.name);
}

/** Name and restart policy, which the swap had taken from the old container. */
async function giveBack({ oldId, container, old }: HealRecord, acts: Acts): Promise<void> {
  if ((await acts.look(oldId)) === null) return;
  await acts.ensureName(oldId, container);
  await acts.ensureRestartPolicy(oldId, objectAt(objectAt(old, "HostConfig"), "RestartPolicy"));
}

/** Of the dependent that was begun last, or else of the replacement itself. */
async function wordsOfFailed(lease: HealLease, { engine }: HealParts): Promise<string[]> {
  const { replacementId } = lease.dependents.at(-1) ?? lease;
  return replacementId === null ? [] : lastWords(replacementId, engine);
}

async function clearAway(member: HealLease, acts: Acts): Promise<string[]> {
  try {
    await removeReplacement(member, acts);
    return [];
  } catch (error) {
    if (statusOf(error) === null) throw error;
    return [`${member.record.replacement.name} is left: ${messageOf(error)}`];
  }
}

/** The trial of what is back changes nothing any more: it tells whether there is more to say. A shutdown does not
 *  wait for it. */
async function faultOf(
  id: ContainerId,
  { old }: HealRecord,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<string | null> {
  const isOver = (): boolean => signal.aborted;
  if (isOver()) return null;
  const limits = gateLimits(old, parts.gate);
  try {
    const end = await trial(id, limits, { acts, clock: parts.clock }, signal);
    return end.kind === "passed" ? null : end.reason;
  } catch (error) {
    if (isOver()) return null;
    throw error;
  }
}

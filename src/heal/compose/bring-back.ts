import { messageOf } from "../../domain/error.ts";
import type { HealEnd } from "../../domain/heal/record.ts";
import { statusOf } from "../../engine/call.ts";
import { lastWords } from "../last-words.ts";
import type { Look } from "../look.ts";
import type { Conclusion } from "./conclude.ts";
import { closed, composeEnd, enterIfPossible } from "./end.ts";
import { exchange, removeAll, type Exchange, type Return } from "./exchange.ts";
import { startRefusal } from "../start-refusal.ts";
import { ensureLastName } from "./last-name.ts";
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
): Promise<HealEnd> {
  const { lease, parts, acts, compose } = conclusion;
  enterIfPossible(lease, "bringing-back");
  parts.progress?.({ container: lease.record.container, step: "roll-back" });
  const sights = await observe(lease.record, parts.engine, acts);
  const failed = sights.flatMap(({ successors }) => successors)[0];
  const logs = failed === undefined ? [] : await lastWords(failed.id, parts.engine);
  const returns: Return[] = [];
  for (const sight of sights) returns.push(await bringBackOne(sight, conclusion));
  const detail = [reason, ...returns.flatMap(({ note }) => note ?? [])].join("; ");
  return closed(lease, composeEnd(outcomeOf(returns), detail, { quarantine, compose, logs }));
}

function outcomeOf(returns: readonly Return[]): HealEnd["outcome"] {
  if (returns.some(({ kind }) => kind === "failed")) return "failed";
  return returns.some(({ kind }) => kind === "back") ? "rolled-back" : "left";
}

async function bringBackOne(sight: ReplicaSight, conclusion: Conclusion): Promise<Return> {
  const { replica, old, stranger, restored, turn, successors } = sight;
  const { acts } = conclusion;
  const { name } = replica;
  if (stranger !== null)
    return { kind: "left", note: `${stranger.name} was deployed by somebody else meanwhile` };
  if (turn === "untouched") {
    await removeAll(successors, acts);
    return { kind: "back", note: null };
  }
  // What a person took away is not brought back.
  if (turn === "gone" && restored === null)
    return { kind: "left", note: `${name} was removed by somebody else` };
  const back = old ?? restored ?? (await recreated(sight, conclusion));
  if (typeof back === "string") {
    await leaveRunning(successors, conclusion);
    return {
      kind: "failed",
      note: `${name} cannot be brought back (${back}): the new one is left`,
    };
  }
  const first = await exchange(sight, back, conclusion);
  const end = first.kind === "refused" ? await exchangeAnew(sight, back, first, conclusion) : first;
  if (end.kind !== "refused") return end;
  const [successor] = successors;
  if (successor !== undefined) await startRefusal(successor.id, acts);
  else await acts.ensureName(back.id, name);
  return { kind: "failed", note: `${name} cannot be started again: ${end.reason}` };
}

/** An engine that died while it stopped a container may never start that one again ("task already exists"), but another
 *  one of the same definition. */
async function exchangeAnew(
  sight: ReplicaSight,
  back: Look,
  refusal: Exchange,
  conclusion: Conclusion,
): Promise<Exchange> {
  if (back.id !== sight.replica.id) return refusal;
  const anew = sight.restored ?? (await recreated(sight, conclusion));
  if (typeof anew === "string") return refusal;
  const end = await exchange(sight, anew, conclusion);
  if (end.kind !== "refused") return end;
  await conclusion.acts.ensureRemoved(anew.id, { volumes: true });
  return refusal;
}

/** The old definition's container, not started yet; or why there is none. */
async function recreated(
  { replica: { wayBack } }: ReplicaSight,
  { parts: { engine }, acts }: Conclusion,
): Promise<Look | string> {
  if (wayBack.kind === "none") return wayBack.reason;
  const { name, create } = wayBack.replacement;
  try {
    const id = await engine.create(name, create, new AbortController().signal);
    return (await acts.look(id)) ?? "it vanished as soon as it was created";
  } catch (error) {
    // The answer may have been lost on the way.
    const found = await acts.look(name);
    if (found === null && statusOf(error) === null) throw error;
    return found ?? messageOf(error);
  }
}

/** As far as it does: whatever it is worth, nothing else is there. */
async function leaveRunning(successors: readonly Look[], { acts }: Conclusion): Promise<void> {
  const [successor] = successors;
  if (successor === undefined) return;
  await acts.ensureStarted(successor.id).catch(() => undefined);
  await ensureLastName(successor, acts).catch(() => undefined);
}

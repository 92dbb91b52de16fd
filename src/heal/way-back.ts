import type { HealEnd } from "../domain/heal/record.ts";
import { besideStranger } from "../domain/heal/recovery.ts";
import type { Milliseconds } from "../domain/ids.ts";
import type { Acts } from "./acts.ts";
import { bringBack, type BroughtBack, type WayBackReason } from "./bring-back.ts";
import { DEPLOY_PATIENCE, isOfCompose, VIGIL } from "./deploy.ts";
import { closed, enterIfPossible } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import { leaveReplacement } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { oldOrRestored } from "./serve-anew.ts";
import { standAside } from "./stand-aside.ts";
import { strangerOf } from "./stranger.ts";

/** The way back needs no image: the old container was only stopped. Its name was never given away before the swap, and
 *  until all have taken over nothing of the old ones is removed. */
export async function rollBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  failure: WayBackReason,
  signal: AbortSignal,
): Promise<HealEnd> {
  const old = await oldOrRestored(lease.record, acts);
  const aside = await asideOfStranger(lease, parts, acts, old);
  if (aside !== null) return aside;
  if (old === null) return leaveReplacement(lease, parts, acts, failure);
  parts.progress?.({ container: lease.record.container, step: "roll-back" });
  enterIfPossible(lease, "rolling-back");
  const back = await bringBack(lease, parts, acts, failure, signal);
  if (typeof back === "function") return back();
  return (await takenOver(lease, parts, acts, back)) ?? closed(lease, back.end);
}

/** A deploy may have been under way all the time, and end what is back, or take its place: then what came of the way back
 *  is whoever has the name in the end. null where that is ours. */
async function takenOver(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  { id, end }: BroughtBack,
): Promise<HealEnd | null> {
  const { clock, vigil = VIGIL } = parts;
  const { container } = lease.record;
  const mayCome = end.outcome === "rolled-back" && isOfCompose(lease);
  for (const began = clock.now(); ;) {
    const ours = await acts.look(id);
    const aside = await asideOfStranger(lease, parts, acts, ours);
    if (aside !== null) return aside;
    const isBack = ours?.sighting === "running" && ours.name === container;
    const patience = isBack ? vigil : DEPLOY_PATIENCE;
    if (!mayCome || clock.now() >= began + patience) break;
    await clock.sleep(AGAIN, new AbortController().signal);
  }
  // A deploy that broke off has left it under a makeshift name.
  if (mayCome && (await acts.look(id)) !== null) await acts.ensureName(id, container);
  return null;
}

const AGAIN: Milliseconds = 250;

async function asideOfStranger(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  old: Look | null,
): Promise<HealEnd | null> {
  const stranger = await strangerOf(lease, parts, acts);
  if (stranger === null) return null;
  const world = { old: old?.sighting ?? "absent", replacement: "exited" } as const;
  return standAside(besideStranger(world, stranger, "rolling-back"), lease, parts, acts);
}

import type { HealEnd } from "../domain/heal/record.ts";
import { besideStranger } from "../domain/heal/recovery.ts";
import type { Acts } from "./acts.ts";
import { bringBack } from "./bring-back.ts";
import { closed, enterIfPossible } from "./ending.ts";
import type { HealLease } from "./journal.ts";
import type { Look } from "./look.ts";
import type { Failure } from "./member.ts";
import { leaveReplacement } from "./no-way-back.ts";
import type { HealParts } from "./parts.ts";
import { standAside } from "./stand-aside.ts";
import { strangerOf } from "./stranger.ts";

/** The way back needs no image: the old container was only stopped. Its name was never given away before the swap, and
 *  until all have taken over nothing of the old ones is removed. */
export async function rollBack(
  lease: HealLease,
  parts: HealParts,
  acts: Acts,
  failure: Omit<Failure, "kind">,
  signal: AbortSignal,
): Promise<HealEnd> {
  const old = await acts.look(lease.record.oldId);
  const aside = await asideOfStranger(lease, parts, acts, old);
  if (aside !== null) return aside;
  if (old === null) return leaveReplacement(lease, parts, acts, failure);
  parts.progress?.({ container: lease.record.container, step: "roll-back" });
  enterIfPossible(lease, "rolling-back");
  const end = await bringBack(lease, parts, acts, failure, signal);
  return (await takenOver(lease, parts, acts)) ?? closed(lease, end);
}

/** Somebody else has the name by now, as a deploy that was under way all the time leaves it: then what came of the way back
 *  is that. null while the old one runs. */
async function takenOver(lease: HealLease, parts: HealParts, acts: Acts): Promise<HealEnd | null> {
  const old = await acts.look(lease.record.oldId);
  return old?.sighting === "running" ? null : asideOfStranger(lease, parts, acts, old);
}

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

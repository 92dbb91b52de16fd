import type { HealEnd } from "../../domain/heal/record.ts";
import type { Milliseconds } from "../../domain/ids.ts";
import { statusOf } from "../../engine/call.ts";
import { actsOn } from "../acts.ts";
import { bringBack } from "./bring-back.ts";
import { conclude } from "./conclude.ts";
import { closed, composeEnd } from "./end.ts";
import type { ComposeLease, ComposeParts } from "./record.ts";
import { finishRemovals } from "./world.ts";

/** How long a Compose that outlived its parent may go on. */
const PATIENCE: Milliseconds = 60_000;

/** What a killed Compose had asked the engine for goes on without it, and can trip one attempt: a container that comes
 *  late, or goes late. The next sees what has become of it. */
const ATTEMPTS = 3;

/** Finishes or undoes a heal through Compose that was cut off, by what the journal says and the world shows. */
export async function recoverComposeHeal(
  lease: ComposeLease,
  parts: ComposeParts,
  signal: AbortSignal,
  cutOff = "it was cut off",
): Promise<HealEnd> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recoverOnce(lease, parts, signal, cutOff);
    } catch (error) {
      if (signal.aborted || statusOf(error) === null || attempt === ATTEMPTS) throw error;
    }
  }
}

async function recoverOnce(
  lease: ComposeLease,
  parts: ComposeParts,
  signal: AbortSignal,
  cutOff: string,
): Promise<HealEnd> {
  const { record, phase } = lease;
  if (phase === "open") return closed(lease, composeEnd("discarded", cutOff));
  // Two hands on one service would undo each other.
  await parts.commands.settled(record.id, PATIENCE);
  const acts = actsOn(parts.engine, parts.clock, new AbortController().signal);
  const conclusion = { lease, parts, acts, signal, compose: null, cutOff };
  if (phase !== "bringing-back") return conclude(conclusion);
  await finishRemovals(record, parts.engine, acts);
  return bringBack(conclusion, { reason: cutOff, quarantine: false });
}

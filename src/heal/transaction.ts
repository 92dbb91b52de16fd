import { messageOf, StalewatchError } from "../domain/error.ts";
import type { HealEnd } from "../domain/heal/record.ts";
import { steady } from "./acts.ts";
import { createReplacement, lookAgain } from "./create-replacement.ts";
import type { HealLease } from "./journal.ts";
import { replace, STOPPED } from "./member.ts";
import type { HealParts } from "./parts.ts";
import { giveUp, recoverHeal } from "./recover.ts";
import { settle } from "./settle.ts";

/** Recreates one container, and what hangs on it, on its newest image. Every phase is in the journal before its first
 *  call. Until the gate has passed, every failure leads back; after it, only forward. What is nobody's verdict (an engine
 *  that gives no answer, a journal that cannot be written, somebody else's hand) is settled as a heal that was cut off is:
 *  by what the journal says and the world shows. An abort leads back at once, so that a shutdown leaves no service in
 *  between. */
export async function runHeal(
  lease: HealLease,
  parts: HealParts,
  signal: AbortSignal,
): Promise<HealEnd> {
  try {
    return await forward(lease, parts, signal);
  } catch (error) {
    return recoverHeal(lease, parts, signal, reasonOf(error, signal));
  }
}

async function forward(lease: HealLease, parts: HealParts, signal: AbortSignal): Promise<HealEnd> {
  const acts = steady(parts);
  const withdrawal =
    (await createReplacement(lease, parts, acts)) ?? (await lookAgain(lease, parts, acts));
  if (withdrawal !== null) return giveUp(lease, { parts, acts, signal }, withdrawal);
  const verdict = await replace(lease, parts, signal);
  return settle(lease, verdict, parts, signal);
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return STOPPED.reason;
  return error instanceof StalewatchError ? error.message : messageOf(error);
}

import { setTimeout as delay } from "node:timers/promises";
import type { Milliseconds } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";
import type { Sleep } from "./bell.ts";
import type { Channel, Delivery } from "./channel.ts";

/** A channel has its own, shorter deadline. This one is for a channel that forgets it. */
export const ATTEMPT_AT_MOST: Milliseconds = 60_000;
/** After an abort a channel may still say that its message had arrived: unsaid, it would be sent again. */
const LAST_WORD: Milliseconds = 250;

const HUNG: Delivery = {
  outcome: "retry",
  error: `the channel did not finish within ${ATTEMPT_AT_MOST / 1000} s`,
  retryAfter: null,
};

/** One try, which ends whatever the channel does: by its outcome, by the deadline, or as null at the abort. */
export async function attempt(
  channel: Channel,
  bulletin: Bulletin,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Delivery | null> {
  if (signal.aborted) return null;
  const over = new AbortController();
  const onAbort = (): void => over.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([
      outcomeOf(channel, bulletin, over.signal),
      deadline(sleep, over.signal, signal),
    ]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    over.abort();
  }
}

/** The sleep ends early at an abort, which is no deadline, and when the attempt is over, when nobody looks any more. */
async function deadline(
  sleep: Sleep,
  over: AbortSignal,
  aborted: AbortSignal,
): Promise<Delivery | null> {
  try {
    await sleep(ATTEMPT_AT_MOST, over);
  } catch (error) {
    if (!over.aborted) throw error;
  }
  return aborted.aborted ? delay(LAST_WORD, null) : HUNG;
}

/** A channel that throws has a defect, unless it was aborted; the message is kept. What it threw may quote an address,
 *  so only its kind is told. */
async function outcomeOf(
  channel: Channel,
  bulletin: Bulletin,
  signal: AbortSignal,
): Promise<Delivery | null> {
  try {
    return await channel.send(bulletin, signal);
  } catch (error) {
    if (signal.aborted) return null;
    const kind = error instanceof Error ? error.name : typeof error;
    return { outcome: "retry", error: `the channel failed: ${kind}`, retryAfter: null };
  }
}

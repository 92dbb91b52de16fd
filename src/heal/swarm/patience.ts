import { messageOf, StalewatchError } from "../../domain/error.ts";
import type { SwarmRecord } from "../../domain/heal/swarm-record.ts";
import type { HealParts } from "../parts.ts";

const PATIENCE = 120_000;
const AGAIN = 500;

/** Asks until there is an answer: an engine that restarts, or managers that choose a leader, are waited for. Throws when
 *  it takes too long: the journal stays open, and recovery goes on from there. An abort rejects with its reason. */
export async function patiently<T>(
  ask: () => Promise<T>,
  { container }: Pick<SwarmRecord, "container">,
  { clock, patience = PATIENCE }: Pick<HealParts, "clock" | "patience">,
  signal: AbortSignal,
): Promise<T> {
  const deadline = clock.now() + patience;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (cause) {
      if (clock.now() >= deadline)
        throw new StalewatchError(
          "HEAL_INTERRUPTED",
          `Swarm went away in the middle of the heal of ${container}: ${messageOf(cause)}`,
          {
            hint: "it is looked after again as soon as Swarm answers (`stalewatch doctor --repair` does it now)",
            cause,
          },
        );
    }
    await clock.sleep(AGAIN, signal);
  }
}

import { isStalewatchError, StalewatchError } from "../domain/error.ts";
import type { HealCase } from "../domain/heal/record.ts";
import { statusOf } from "../engine/call.ts";
import type { HealParts } from "./parts.ts";

const PATIENCE = 120_000;
const AGAIN = 250;
const calls = new AbortController().signal;

/** Whether it comes from a call that was not answered: nobody knows what became of it, so it is nobody's verdict. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof StalewatchError) || statusOf(error) !== null) return false;
  return error.code.startsWith("ENGINE_") || isUnanswered(error.cause);
}

/** Waits for an engine that restarts. Throws when it does not come back: the journal stays open, and recovery goes on
 *  from there when it does. */
export async function awaitEngine(
  { container }: Pick<HealCase, "container">,
  { engine, clock, patience = PATIENCE }: HealParts,
): Promise<void> {
  const deadline = clock.now() + patience;
  for (;;) {
    try {
      await engine.inspect(container, calls);
      return;
    } catch (cause) {
      if (!isStalewatchError(cause)) throw cause;
      if (clock.now() >= deadline)
        throw new StalewatchError(
          "HEAL_INTERRUPTED",
          `the engine went away in the middle of the heal of ${container}`,
          {
            hint: "it is finished or undone as soon as the engine answers again (`stalewatch doctor --repair` does it now)",
            cause,
          },
        );
    }
    await clock.sleep(AGAIN, calls);
  }
}

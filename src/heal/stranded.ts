import { StalewatchError } from "../domain/error.ts";
import { isOn } from "../domain/heal/relations.ts";
import { relationsOf } from "../domain/heal/relations-of.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { inspectAll } from "./world.ts";

const calls = new AbortController().signal;

/** Where the engine does not answer this, it is not told: the heal is over by then. */
export async function strandedBy(
  members: readonly HealRecord[],
  engine: HealEngine,
): Promise<string[]> {
  try {
    return await tiedTo(members, engine);
  } catch (error) {
    if (!(error instanceof StalewatchError)) throw error;
    return [];
  }
}

/** Containers that do not run and are tied to one that was replaced, one sentence each: they were not recreated, for nobody
 *  can say whether anybody wants them, and hold on to what is gone. */
async function tiedTo(members: readonly HealRecord[], engine: HealEngine): Promise<string[]> {
  const replaced = members.map(({ old }) => relationsOf(old));
  const ids = await engine.list({ states: ["created", "exited"] }, calls);
  const inspects = await inspectAll(ids, engine, calls);
  return [...inspects.values()]
    .map(relationsOf)
    .filter(({ id }) => !replaced.some((one) => one.id === id))
    .flatMap(({ name, ties }) => {
      // Volumes outlive the container that they were taken from.
      const tie = ties
        .filter((one) => one.tie !== "volumes-from")
        .find(({ on }) => replaced.some((one) => isOn(on, one)));
      return tie === undefined
        ? []
        : [
            `${name}, which does not run, is tied to the old container (${tie.tie}): recreate it before you start it`,
          ];
    });
}

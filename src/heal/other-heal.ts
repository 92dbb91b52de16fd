import type { HealRecord } from "../domain/heal/record.ts";
import { temporaryBeginning } from "../domain/heal/temporary-names.ts";
import type { Milliseconds } from "../domain/ids.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import { textAt } from "../domain/replacement/read.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { lookAt } from "./look.ts";
import { inspectAll } from "./world.ts";

const calls = new AbortController().signal;

/** What was made longer before ours and still waits to be started is left of a heal that nobody is at any more. */
const ABANDONED: Milliseconds = 60_000;

/** The name of a replacement that a heal with a state directory of its own has made in this very moment, for one of those
 *  that this one is about to stop; or null. Either makes its own before it looks, so that of two one at least sees the
 *  other, and leaves it the field. */
export async function otherReplacement(
  { container, dependents, replacement }: HealRecord,
  engine: HealEngine,
): Promise<string | null> {
  const names = [container, ...dependents.map(({ old }) => lookAt(old).name)];
  const ids = await engine.list({ beginnings: names.map(temporaryBeginning) }, calls);
  const inspects = await inspectAll(ids, engine, calls);
  const waiting = [...inspects.values()]
    .map((inspect) => ({ look: lookAt(inspect), made: madeAt(inspect) }))
    .filter(({ look }) => look.sighting === "created");
  const ours = waiting.find(({ look }) => look.name === replacement.name);
  const other = waiting.find(
    (one) => one !== ours && ours !== undefined && one.made > ours.made - ABANDONED,
  );
  return other?.look.name ?? null;
}

/** By the engine's clock, in milliseconds. */
function madeAt(inspect: JsonObject): number {
  return Date.parse(textAt(inspect, "Created"));
}

import type { HealExtras } from "../domain/heal/heal-news.ts";
import type { HealCase, HealRecord } from "../domain/heal/record.ts";
import { lookAt } from "./look.ts";

/** What a heal's record has for people beyond its case: only the engine method knows it. */
export function healExtras(record: HealCase & { readonly method: string }): HealExtras {
  if (record.method !== "engine" || !("replacement" in record))
    return { carried: [], dependents: [] };
  const { replacement, dependents } = record as HealRecord;
  return {
    carried: replacement.carried,
    dependents: dependents.map(({ old }) => lookAt(old).name),
  };
}

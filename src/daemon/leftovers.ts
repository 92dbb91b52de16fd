import { leftoversAmong } from "../domain/heal/leftovers.ts";
import type { ObservedContainer, Snapshot } from "../domain/observation.ts";
import type { Settings } from "../config/settings.ts";
import { connectEngine } from "../engine/connect.ts";
import type { HealerParts } from "../heal/healer.ts";
import { ripeLeftovers, settleLeftovers } from "../heal/leftovers.ts";
import type { Log } from "./log.ts";

interface LeftoverParts {
  readonly settings: Settings;
  readonly log: Log;
}

/** What is left of heals that no journal knows, each dealt with and told of once. */
export class Leftovers {
  readonly #said = new Set<string>();

  /** What nothing was said of yet. */
  among({ containers }: Snapshot, { settings }: LeftoverParts): readonly ObservedContainer[] {
    const ours = leftoversAmong(containers, settings.policy);
    return ours.filter(({ name }) => !this.#said.has(name));
  }

  /** By a look of its own, under the lock: a command may have healed since the scan. */
  async settle(
    seen: Snapshot,
    healer: HealerParts,
    parts: LeftoverParts,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.among(seen, parts).length === 0) return;
    const snapshot = await (await connectEngine(parts.settings.engine, signal)).observe(signal);
    const ripe = await ripeLeftovers(this.among(snapshot, parts), healer, signal);
    const reports = await settleLeftovers(ripe, snapshot, healer);
    for (const report of reports) parts.log.warn("heal-leftover", report);
    for (const { name } of ripe) this.#said.add(name);
  }
}

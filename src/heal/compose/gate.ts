import { gateLimits } from "../../domain/heal/gate-limits.ts";
import type { ContainerId } from "../../domain/ids.ts";
import type { Acts } from "../acts.ts";
import type { HealParts } from "../parts.ts";
import { trial, type TrialEnd } from "../trial.ts";

/** The gate of the engine's method. An abort rejects. */
export async function gate(
  id: ContainerId,
  parts: HealParts,
  acts: Acts,
  signal: AbortSignal,
): Promise<TrialEnd> {
  const inspect = (await parts.engine.inspect(id, new AbortController().signal)) ?? {};
  const limits = gateLimits(inspect, parts.gate);
  return trial(id, limits, { acts, clock: parts.clock }, signal);
}

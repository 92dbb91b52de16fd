import type { Settings } from "../config/settings.ts";
import { channelsOf } from "../daemon/channels.ts";
import { SYSTEM_CLOCK } from "../daemon/clock.ts";
import { healAccounts } from "../daemon/heal-accounts.ts";
import { newId } from "../daemon/new-id.ts";
import { postingsFor } from "../daemon/postings.ts";
import { connectHealEngine, connectSwarmEngine } from "../engine/connect.ts";
import { composeMethod } from "../heal/compose/method.ts";
import type { HealerParts } from "../heal/healer.ts";
import { hiddenLoss } from "../heal/compose/hidden-loss.ts";
import { lookAt } from "../heal/look.ts";
import type { HealProgress } from "../heal/parts.ts";
import type { State } from "../state/state.ts";

/** What a command plans with. */
export async function commandPlanner(
  settings: Settings,
  signal: AbortSignal,
  progress: (event: HealProgress) => void = () => undefined,
): Promise<Omit<HealerParts, "book" | "account">> {
  const { method, composeRoots, settle, healthTimeout, cleanup } = settings.heal;
  return {
    engine: await connectHealEngine(settings.engine, signal),
    swarm: await connectSwarmEngine(settings.engine, signal),
    clock: SYSTEM_CLOCK,
    gate: { settle, healthTimeout },
    progress,
    newId,
    by: "command",
    cleanup,
    compose: method === "compose" ? composeMethod(settings.engine.address, composeRoots) : null,
    hiddenLoss: (inspect) => hiddenLoss(lookAt(inspect).labels),
  };
}

/** What a command heals with. What it tells people waits in the outbox for the daemon, which has the secrets. */
export async function commandHealer(
  settings: Settings,
  state: State,
  signal: AbortSignal,
  progress?: (event: HealProgress) => void,
): Promise<HealerParts> {
  const parts = await commandPlanner(settings, signal, progress);
  const route = postingsFor(channelsOf(settings));
  const account = healAccounts(parts.engine.identity.name, route, () => undefined);
  return { ...parts, book: state.heals, account };
}

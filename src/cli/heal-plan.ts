import { askedTargets, type AskedAnswer, type HealRequest } from "../domain/heal/targets.ts";
import { remedyFor } from "../domain/remedy.ts";
import type { Judgement } from "../domain/verdict.ts";
import type { Settings } from "../config/settings.ts";
import { prepareHeals, type PlanParts, type PreparedHeals } from "../heal/healer.ts";
import type { Ledger } from "../daemon/scan.ts";
import { viewWorld } from "../heal/world.ts";
import { scanOnce } from "./commands/check.ts";
import type { LeftAlone, Refusal } from "./render/heal-plan.ts";
import { refuseUnknown, selectionOf, type SelectionOptions } from "./select.ts";

/** What a person asked for. */
export interface HealSelection extends SelectionOptions {
  readonly force: boolean;
}

export interface CommandPlan extends Pick<PreparedHeals, "ready"> {
  readonly refused: readonly Refusal[];
  readonly nothing: readonly LeftAlone[];
  /** Everything that was looked at for it. */
  readonly judgements: readonly Judgement[];
}

export interface Planner {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly parts: Omit<PlanParts, "open">;
  /** Asked for at every look: the journal is read anew. */
  readonly open: () => PlanParts["open"];
  readonly selection: HealSelection;
}

/** Looks at the host, and plans what was asked for; later of that only the container of that name. Changes nothing. */
export async function planCommand(
  { settings, ledger, parts, open, selection }: Planner,
  only: string | null,
  signal: AbortSignal,
): Promise<CommandPlan> {
  const done = await scanOnce(settings, ledger, { names: [] }, null, signal);
  if (only === null) refuseUnknown(withoutOpen(selection, open()), done.snapshot);
  const isSelected = selectionOf(selection);
  const judgements = done.judgements.filter(
    ({ container }) =>
      (only === null || container.name === only) && (isSelected?.(container) ?? true),
  );
  const asked = askedTargets(judgements, requestOf(selection), done.at);
  const targets = asked.flatMap((one) => (one.kind === "heal" ? [one.target] : []));
  const looked = targets.length === 0 ? [] : done.judgements;
  const world = await viewWorld(looked, done.memory, parts.engine, signal);
  const healer = { ...parts, open: open(), force: selection.force };
  const { ready, refused, waiting } = await prepareHeals(targets, world, healer, signal);
  return {
    ready,
    judgements,
    nothing: asked.flatMap((one) => (one.kind === "nothing" ? [one] : [])),
    refused: [
      ...asked.flatMap((one) => (one.kind === "refused" ? [refusalOf(one)] : [])),
      ...[...refused, ...waiting].map(({ target, ...more }) => ({
        judgement: target.judgement,
        ...more,
      })),
    ],
  };
}

/** In the middle of its heal a container is not what it is called. */
function withoutOpen(selection: HealSelection, open: PlanParts["open"]): HealSelection {
  const names = selection.names.filter((name) => !open.some(({ container }) => container === name));
  return { ...selection, names };
}

function requestOf({ force, ...selection }: HealSelection): HealRequest {
  if (selection.names.length > 0) return { asked: "names", force };
  return { asked: selectionOf(selection) === null ? "all" : "selection", force };
}

function refusalOf({ judgement, reason }: Extract<AskedAnswer, { kind: "refused" }>): Refusal {
  return { judgement, reason, remedy: remedyFor(judgement) };
}

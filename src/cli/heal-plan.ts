import { askedTargets, type AskedAnswer, type HealRequest } from "../domain/heal/targets.ts";
import { remedyFor } from "../domain/remedy.ts";
import type { Judgement } from "../domain/verdict.ts";
import type { Settings } from "../config/settings.ts";
import { prepareHeals, type HealerParts, type PreparedHeals } from "../heal/healer.ts";
import { viewWorld } from "../heal/world.ts";
import type { State } from "../state/state.ts";
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
  readonly state: State;
  readonly parts: HealerParts;
  readonly selection: HealSelection;
}

/** Looks at the host, and plans what was asked for; later of that only the container of that name. Changes nothing. */
export async function planCommand(
  { settings, state, parts, selection }: Planner,
  only: string | null,
  signal: AbortSignal,
): Promise<CommandPlan> {
  const done = await scanOnce(settings, state, { names: [] }, null, signal);
  if (only === null) refuseUnknown(selection, done.snapshot);
  const isSelected = selectionOf(selection);
  const judgements = done.judgements.filter(
    ({ container }) =>
      (only === null || container.name === only) && (isSelected?.(container) ?? true),
  );
  const asked = askedTargets(judgements, requestOf(selection), done.at);
  const targets = asked.flatMap((one) => (one.kind === "heal" ? [one.target] : []));
  const looked = targets.length === 0 ? [] : done.judgements;
  const world = await viewWorld(looked, done.memory, parts.engine, signal);
  const healer = { ...parts, force: selection.force };
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

function requestOf({ force, ...selection }: HealSelection): HealRequest {
  if (selection.names.length > 0) return { asked: "names", force };
  return { asked: selectionOf(selection) === null ? "all" : "selection", force };
}

function refusalOf({ judgement, reason }: Extract<AskedAnswer, { kind: "refused" }>): Refusal {
  return { judgement, reason, remedy: remedyFor(judgement) };
}

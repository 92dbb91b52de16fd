import type { Judgement } from "../../domain/verdict.ts";
import { terminal } from "../../notify/encode/terminal.ts";
import type { ReadyHeal } from "../../heal/healer.ts";
import type { TextStyle } from "./style.ts";
import { wrap } from "./table.ts";

export interface LeftAlone {
  readonly judgement: Judgement;
  readonly reason: string;
}

/** What forbids it, and what a person would type instead. */
export interface Refusal extends LeftAlone {
  readonly remedy: string | null;
}

export interface HealPlanText {
  readonly engine: string;
  readonly ready: readonly ReadyHeal[];
  readonly refused: readonly Refusal[];
  readonly nothing: readonly LeftAlone[];
  readonly width: number;
  readonly style: TextStyle;
}

/** The steps in the order in which they run, each cause once. */
export function healPlanText(plan: HealPlanText): string {
  const { engine, ready, refused, nothing, width } = plan;
  return [
    ...wrapped(`${engine}: ${summary(plan)}`, width),
    ...nothing.flatMap(({ judgement, reason }) =>
      wrapped(`${judgement.container.name}: nothing to do: ${reason}`, width),
    ),
    ...ready.flatMap((heal) => ["", ...healLines(heal, plan)]),
    ...refused.flatMap((one) => ["", ...refusedLines(one, plan)]),
  ].join("\n");
}

function summary({ ready, refused, nothing }: HealPlanText): string {
  if (ready.length + refused.length + nothing.length === 0) return "nothing to heal";
  const parts = [
    ready.length > 0 ? `${ready.length} to heal` : "",
    refused.length > 0 ? `${refused.length} refused` : "",
    nothing.length > 0 ? `nothing to do for ${nothing.length}` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Foreign texts made harmless before they are broken into lines. */
function wrapped(text: string, width: number): string[] {
  return wrap(terminal(text), width);
}

function healLines({ planned, warnings }: ReadyHeal, { width, style }: HealPlanText): string[] {
  const { target, steps } = planned;
  let cause = target.cause;
  const name = target.judgement.container.name;
  return [
    ...wrapped(`${name}: ${target.cause}`, width).map((line) => style.command(line)),
    ...steps.flatMap((step, index) => {
      const isNew = step.cause !== cause;
      cause = step.cause;
      const because = isNew ? ` (${step.cause})` : "";
      return numbered(index + 1, `${step.does}${because}`, width);
    }),
    ...warnings.flatMap((one) => hanging("  ! ", one, width).map((line) => style.warning(line))),
  ];
}

function numbered(number: number, text: string, width: number): string[] {
  return hanging(`  ${String(number)}. `.padEnd(6), text, width);
}

/** A head, and what follows it below itself. */
function hanging(head: string, text: string, width: number): string[] {
  return wrapped(text, width - head.length).map(
    (line, i) => (i === 0 ? head : " ".repeat(head.length)) + line,
  );
}

function refusedLines(
  { judgement, reason, remedy }: Refusal,
  { width, style }: HealPlanText,
): string[] {
  return [
    ...wrapped(`${judgement.container.name} is refused: ${reason}`, width).map((line) =>
      style.warning(line),
    ),
    ...(remedy === null ? [] : ["  By hand, type:", `  ${style.command(terminal(remedy))}`]),
  ];
}

import { EXIT, type ExitCode } from "./exit.ts";
import type { CommandPlan } from "./heal-plan.ts";
import type { HealRun } from "./heal-runs.ts";
import type { HealDocumentInput } from "./render/heal-json.ts";

/** Everything that was planned, with what became of it; nothing was run where there are no runs. */
export function outcomeOf(
  { ready, refused, nothing }: CommandPlan,
  runs: readonly HealRun[],
): Pick<HealDocumentInput, "heals" | "refused" | "nothing"> {
  const planned: readonly HealRun[] = ready.map((one) => ({ kind: "left", ready: one }));
  return {
    heals: (runs.length > 0 ? runs : planned).flatMap((run) => healOf(run) ?? []),
    refused: [...refused, ...runs.flatMap((run) => (run.kind === "refused" ? run.refusal : []))],
    nothing: [...nothing, ...runs.flatMap((run) => (run.kind === "nothing" ? run.nothing : []))],
  };
}

function healOf(run: HealRun): HealDocumentInput["heals"][number] | null {
  if (run.kind !== "ran" && run.kind !== "left") return null;
  const { record, planned, warnings } = run.ready;
  return { record, steps: planned.steps, warnings, end: run.kind === "ran" ? run.end : null };
}

/** The worst of it: a failed heal before one that did not even begin, and both before what was refused. */
export function healExit({ refused }: CommandPlan, runs: readonly HealRun[]): ExitCode {
  const exits = runs.map(exitOf);
  return exits.reduce(worseOf, refused.length > 0 ? EXIT.critical : EXIT.ok);
}

const WORST_FIRST: readonly ExitCode[] = [EXIT.warning, EXIT.unknown, EXIT.critical, EXIT.ok];

export function worseOf(a: ExitCode, b: ExitCode): ExitCode {
  return WORST_FIRST.find((exit) => exit === a || exit === b) ?? a;
}

function exitOf(run: HealRun): ExitCode {
  switch (run.kind) {
    case "nothing":
      return EXIT.ok;
    case "refused":
      return EXIT.critical;
    case "left":
      return EXIT.unknown;
    case "ran":
      return exitOfEnd(run.end);
  }
}

function exitOfEnd({ outcome }: Extract<HealRun, { kind: "ran" }>["end"]): ExitCode {
  switch (outcome) {
    case "healed":
      return EXIT.ok;
    case "refused":
    case "discarded":
      return EXIT.critical;
    case "rolled-back":
    case "failed":
    case "left":
    case "lost":
      return EXIT.warning;
  }
}

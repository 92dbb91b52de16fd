import { StalewatchError } from "../domain/error.ts";
import { originText, type Origin } from "./origin.ts";
import { pathText } from "./path.ts";
import type { Fault } from "./value-type.ts";

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** `rules[0].grace`; the file or the variable itself where it is not about a key. */
  readonly path: string;
  /** In the file, from 1; null where there is none. */
  readonly line: number | null;
  /** As written and quoted; null where there is nothing to show; masked where it is secret. */
  readonly found: string | null;
  /** Goes on after `found`: `is not a duration`. */
  readonly fault: string;
  readonly allowed: string | null;
  /** What was probably meant. */
  readonly suggestion: string | null;
  readonly origin: string;
}

/** Thrown with code `CONFIG_INVALID`; the message lists every problem, one a line. */
export class ConfigError extends StalewatchError {
  readonly problems: readonly ConfigProblem[];

  constructor(message: string, problems: readonly ConfigProblem[]) {
    super("CONFIG_INVALID", message, {
      hint: "correct what is listed; `stalewatch config` then shows what holds",
    });
    this.problems = problems;
  }
}

/** First those of the file, in its order, then the others in the order given. */
export function configError(
  problems: readonly ConfigProblem[],
  file: string | null = null,
): ConfigError {
  const sorted = problems.toSorted((a, b) => lineOrder(a) - lineOrder(b));
  const count = sorted.length === 1 ? "a problem" : `${sorted.length} problems`;
  const where = file === null ? "the configuration" : `the configuration ${file}`;
  const lines = sorted.map((problem) => `  ${problemText(problem)}`);
  return new ConfigError([`${where} has ${count}:`, ...lines].join("\n"), sorted);
}

function lineOrder(problem: ConfigProblem): number {
  return problem.line ?? Number.MAX_SAFE_INTEGER;
}

/** `grace: "15 minutes" is not a duration (line 3); write a whole number …; did you mean 15m?` */
export function problemText(problem: ConfigProblem): string {
  const what = problem.found === null ? problem.fault : `${problem.found} ${problem.fault}`;
  const allowed = problem.allowed === null ? "" : `; ${problem.allowed}`;
  const meant = problem.suggestion === null ? "" : `; did you mean ${problem.suggestion}?`;
  return `${problem.path}: ${what}${place(problem)}${allowed}${meant}`;
}

function place({ line, origin, path }: ConfigProblem): string {
  if (line !== null) return ` (line ${line})`;
  return origin === "default" || origin.endsWith(` ${path}`) ? "" : ` (${origin})`;
}

/** A fault and where it was said. */
export function problemOf(fault: Fault, origin: Origin): ConfigProblem {
  return {
    path: pathText(fault.at),
    line: origin.kind === "file" ? origin.line : null,
    found: fault.found,
    fault: fault.fault,
    allowed: fault.allowed,
    suggestion: fault.suggestion,
    origin: originText(origin),
  };
}

/** About a source as a whole: the file, a variable, a credential. */
export function sourceProblem(
  subject: string,
  fault: string,
  origin: Origin,
  suggestion: string | null = null,
): ConfigProblem {
  const bare: Fault = { at: [], found: null, fault, allowed: null, suggestion };
  return { ...problemOf(bare, origin), path: subject };
}

import { problemOf, type ConfigProblem } from "./problem.ts";
import { stepsOf } from "./path.ts";
import type { Given } from "./said.ts";
import type { Fault, Reading } from "./value-type.ts";

/** What stands for a secret wherever it is shown. */
export const MASK = "********";

/** What a source said of a key, and what it means. */
export interface ReadGiven {
  readonly given: Given;
  readonly reading: Reading<unknown>;
}

/** Every given value is read, also one that a stronger source overrides: otherwise the configuration would break
 *  on the day the override goes. */
export function readGivens(givens: readonly Given[]): Promise<readonly ReadGiven[]> {
  return Promise.all(
    givens.map(async (given) => {
      const { key, path } = given.key;
      return { given, reading: await key.type.read(given.raw, stepsOf(path)) };
    }),
  );
}

export function problemsIn(read: readonly ReadGiven[]): readonly ConfigProblem[] {
  return read.flatMap(({ given, reading }) => {
    if (reading.ok) return [];
    const faults = given.key.key.secret ? reading.faults.map(masked) : reading.faults;
    return faults.map((fault) => problemOf(fault, given.originAt(fault.at)));
  });
}

function masked(fault: Fault): Fault {
  return { ...fault, found: fault.found === null ? null : `"${MASK}"`, suggestion: null };
}

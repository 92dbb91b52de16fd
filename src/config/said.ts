import type { NamedKey } from "./key-list.ts";
import type { Origin } from "./origin.ts";
import type { Path } from "./path.ts";
import type { ConfigProblem } from "./problem.ts";
import type { SetRaw } from "./raw.ts";

/** What one source says of one key. */
export interface Given {
  readonly key: NamedKey;
  readonly raw: SetRaw;
  readonly origin: Origin;
  /** The origin of a part of the value, such as one rule's grace. */
  readonly originAt: (at: Path) => Origin;
}

/** All that one source says, and what it says wrongly. */
export interface Said {
  readonly givens: readonly Given[];
  readonly problems: readonly ConfigProblem[];
}

export const NOTHING_SAID: Said = { givens: [], problems: [] };

/** A value whose parts all have the same origin. */
export function given(key: NamedKey, raw: SetRaw, origin: Origin): Given {
  return { key, raw, origin, originAt: () => origin };
}

export function saidTogether(parts: readonly Said[]): Said {
  return {
    givens: parts.flatMap((part) => part.givens),
    problems: parts.flatMap((part) => part.problems),
  };
}

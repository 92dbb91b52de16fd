import type { Milliseconds } from "./ids.ts";

export const MODES = ["alert", "heal"] as const;
export type Mode = (typeof MODES)[number];

export const STRATEGIES = ["same-tag", "newest-tag"] as const;
/** `same-tag`: what the reference's tag points to now. `newest-tag`: the most recently built local tag of the
 *  reference's repository that matches `tags`. */
export type Strategy = (typeof STRATEGIES)[number];

/** What one layer may say; null or absent means that the layer below holds. */
export interface PolicyLayer {
  readonly mode?: Mode | null;
  /** How long a divergence may last before it counts, in milliseconds. */
  readonly grace?: Milliseconds | null;
  readonly strategy?: Strategy | null;
  /** Globs over tags, for `newest-tag`. */
  readonly tags?: readonly string[] | null;
}

/** Which containers a rule speaks of: every given field must match. All are globs. */
export interface RuleMatch {
  readonly project?: string | null;
  readonly service?: string | null;
  readonly name?: string | null;
  /** `key` or `key=value`; the value is a glob. */
  readonly label?: string | null;
}

export interface Rule extends PolicyLayer {
  readonly match: RuleMatch;
  /** false: excluded; true: watched although a default would exclude it. */
  readonly enable?: boolean | null;
}

/** The layers that the configuration gives: built-in defaults and top level are already one. */
export interface PolicyConfig {
  readonly mode: Mode;
  readonly grace: Milliseconds;
  readonly strategy: Strategy;
  readonly tags: readonly string[] | null;
  readonly rules: readonly Rule[];
  /** Globs over container names. */
  readonly exclude: readonly string[];
  /** More services than this due for a heal at once: none is healed. */
  readonly breaker: number;
  /** `heal.method`: `engine` clones a container, `compose` makes it anew from its project's files. */
  readonly method?: "engine" | "compose";
}

/** Default 15 min: `compose build && compose up` retags the image minutes before it recreates the container. */
export const DEFAULT_GRACE: Milliseconds = 15 * 60_000;

export const DEFAULT_POLICY: PolicyConfig = {
  mode: "alert",
  grace: DEFAULT_GRACE,
  strategy: "same-tag",
  tags: null,
  rules: [],
  exclude: [],
  breaker: 5,
  method: "engine",
};

/** Tags as the engine allows them, and the two wildcards. */
const TAG_GLOB = /^[\w.*?-]{1,128}$/;

/** `v*,release-?` → its globs; null when one of them could match no tag. */
export function parseTagGlobs(text: string): readonly string[] | null {
  const globs = text.split(",").map((part) => part.trim());
  return globs.every((part) => TAG_GLOB.test(part)) ? globs : null;
}

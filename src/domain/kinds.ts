/** What a message can be about. A channel's `only` chooses among them. */
export const KINDS = [
  "stale",
  "reminder",
  "healed",
  "heal-failed",
  "heal-refused",
  "heal-postponed",
  "breaker",
  "resolved",
  "engine-unreachable",
  "engine-back",
  "test",
] as const;

export type Kind = (typeof KINDS)[number];

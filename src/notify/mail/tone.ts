import type { GroupKind } from "../groups.ts";

/** How urgent a piece of news is; always said in words too. */
export type Tone = "bad" | "warning" | "good" | "plain";

export const TONES: Readonly<Record<GroupKind, Tone>> = {
  "engine-unreachable": "bad",
  "engine-back": "good",
  breaker: "bad",
  "heal-failed": "bad",
  "heal-refused": "warning",
  "heal-postponed": "warning",
  stale: "warning",
  reminder: "warning",
  healed: "good",
  resolved: "good",
  test: "plain",
};

/** `text` is readable on the page (contrast 4.5 and more), `fill` is for areas without text. */
export interface Colours {
  readonly text: string;
  readonly fill: string;
}

export const LIGHT: Readonly<Record<Tone, Colours>> = {
  bad: { text: "#b42318", fill: "#d92d20" },
  warning: { text: "#8a5300", fill: "#e09000" },
  good: { text: "#0b6b3a", fill: "#17a05a" },
  plain: { text: "#1f5199", fill: "#3d7dd8" },
};

export const DARK: Readonly<Record<Tone, Colours>> = {
  bad: { text: "#ff9d94", fill: "#e5564a" },
  warning: { text: "#f5bf5c", fill: "#d9962a" },
  good: { text: "#79d3a2", fill: "#2fa56a" },
  plain: { text: "#93bdf5", fill: "#4a86d8" },
};

import type { EpochMs, Milliseconds } from "./ids.ts";
import type { Mode } from "./policy.ts";
import type { HealBlock, NewestImage, RunningImage } from "./verdict.ts";

/** A container as news speaks of it. All texts are as found, never escaped: each channel has its own encoder. */
export interface Affected {
  readonly container: string;
  readonly project: string | null;
  readonly service: string | null;
  readonly reference: string | null;
  readonly running: RunningImage;
  readonly newest: NewestImage;
}

interface IncidentNews {
  readonly incident: string;
  readonly affected: Affected;
  readonly divergedSince: EpochMs;
}

export interface StaleNews extends IncidentNews {
  readonly kind: "stale";
  /** The cause in plain words, from `explain`. */
  readonly reason: string;
  readonly rolledBack: boolean;
  readonly mode: Mode;
  readonly healBlockedBy: HealBlock | null;
  readonly warnings: readonly string[];
  /** The command to type, for a POSIX shell; null where none can be named. */
  readonly remedy: string | null;
}

export interface ReminderNews extends Omit<StaleNews, "kind"> {
  readonly kind: "reminder";
  /** How many reminders this makes. */
  readonly count: number;
}

export const RESOLUTIONS = ["fresh", "gone", "excluded"] as const;
/** `fresh`: it runs the newest image; `gone`: nothing of the subject runs any more; `excluded`: told not to look. */
export type Resolution = (typeof RESOLUTIONS)[number];

export interface ResolvedNews extends IncidentNews {
  readonly kind: "resolved";
  readonly resolution: Resolution;
  /** One sentence that says how it ended. */
  readonly detail: string;
  readonly lasted: Milliseconds;
}

export interface EngineUnreachableNews {
  readonly kind: "engine-unreachable";
  readonly since: EpochMs;
  readonly failedScans: number;
  readonly cause: string;
}

export interface EngineBackNews {
  readonly kind: "engine-back";
  readonly since: EpochMs;
  readonly lasted: Milliseconds;
}

export interface TestNews {
  readonly kind: "test";
}

export type NewsItem =
  StaleNews | ReminderNews | ResolvedNews | EngineUnreachableNews | EngineBackNews | TestNews;

/** All that one scan has to say: one message a channel. Plain JSON, so that the outbox can keep it. */
export interface Bulletin {
  /** The engine's name: every message leads with it. */
  readonly engine: string;
  readonly at: EpochMs;
  readonly items: readonly NewsItem[];
}

import type { EpochMs, Milliseconds } from "./ids.ts";
import type { Mode } from "./policy.ts";
import type { Report } from "./report/report.ts";
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

interface HealNews extends IncidentNews {
  /** The heal's ID: `stalewatch history` shows its steps. */
  readonly heal: string;
}

export interface HealedNews extends HealNews {
  readonly kind: "healed";
  /** From the old container's stop to the replacement's start; null where another process began the heal. */
  readonly downtime: Milliseconds | null;
  /** What a bare recreate would have lost, one phrase each: "anonymous volume 3f2a… at /data". */
  readonly carried: readonly string[];
  /** Names of the containers that hang on it and were recreated with it. */
  readonly dependents: readonly string[];
  /** What differs though it should not, and what else is worth knowing, one sentence each. */
  readonly warnings: readonly string[];
}

export interface HealFailedNews extends HealNews {
  readonly kind: "heal-failed";
  readonly reason: string;
  /** What runs now, in one sentence. */
  readonly outcome: string;
  /** Whether the image is not tried again for this subject. */
  readonly quarantined: boolean;
  /** What comes of it by itself where it is not quarantined, in one sentence; absent: it is tried again later. */
  readonly next?: string;
  /** The last lines of the replacement and of its health check; empty where there are none. */
  readonly logs: readonly string[];
  readonly remedy: string | null;
}

export interface HealRefusedNews extends IncidentNews {
  readonly kind: "heal-refused";
  readonly reason: string;
  readonly remedy: string | null;
}

export interface HealPostponedNews extends IncidentNews {
  readonly kind: "heal-postponed";
  /** How long newer builds have kept the heal from starting. */
  readonly postponed: Milliseconds;
  readonly remedy: string | null;
}

/** Too many services are due at once: none is healed. */
export interface BreakerNews {
  readonly kind: "breaker";
  readonly limit: number;
  /** Names of the due containers. */
  readonly due: readonly string[];
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
  | StaleNews
  | ReminderNews
  | HealedNews
  | HealFailedNews
  | HealRefusedNews
  | HealPostponedNews
  | BreakerNews
  | ResolvedNews
  | EngineUnreachableNews
  | EngineBackNews
  | TestNews;

/** All that one scan has to say: one message a channel. Plain JSON, so that the outbox can keep it. */
export interface Bulletin {
  /** The engine's name: every message leads with it. */
  readonly engine: string;
  readonly at: EpochMs;
  readonly items: readonly NewsItem[];
  /** In place of news: for the channels that take reports. */
  readonly report?: Report;
}

import type { GateSettings } from "../domain/heal/gate-limits.ts";
import type { StepName } from "../domain/heal/plan.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import type { HealClock } from "./acts.ts";

/** A step that is about to be taken, for whoever watches. */
export interface HealProgress {
  readonly container: string;
  readonly step: StepName;
}

/** What a heal works with. */
export interface HealParts {
  readonly engine: HealEngine;
  readonly clock: HealClock;
  readonly gate: GateSettings;
  /** How long an engine that gives no answer is waited for, in milliseconds. Default two minutes: an upgrade's restart. */
  readonly patience?: number;
  /** How long a container of Compose's is looked after when it has taken over, in milliseconds. Default: see deploy.ts. */
  readonly vigil?: number;
  readonly progress?: (event: HealProgress) => void;
}

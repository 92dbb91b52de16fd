import type { SwarmSettings } from "../../domain/heal/swarm-limits.ts";
import type { SwarmEnd, SwarmPhase, SwarmRecord } from "../../domain/heal/swarm-record.ts";
import type { ContainerId, Milliseconds } from "../../domain/ids.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { SwarmEngine } from "../../engine/swarm-engine.ts";
import type { HealClock } from "../acts.ts";

/** The right to act on a service. Only the journal hands it out, and only to one process at a time. */
export interface SwarmLease {
  readonly record: SwarmRecord;
  readonly phase: SwarmPhase;
  /** Committed before the step that it names is taken. Throws where it cannot be written: the step is then not taken. */
  enter(phase: SwarmPhase): void;
  /** Commits the end together with what is told of it. */
  close(end: SwarmEnd): void;
}

/** What the heal of a Swarm service works with. */
export interface SwarmParts {
  readonly engine: HealEngine;
  readonly swarm: SwarmEngine;
  readonly clock: HealClock;
  readonly settings: SwarmSettings;
  /** The last lines of a container that failed, and what its health check said. */
  readonly lastWords: (id: ContainerId) => Promise<readonly string[]>;
  /** How long an engine that gives no answer is waited for. Default two minutes: an upgrade's restart. */
  readonly patience?: Milliseconds;
  readonly progress?: (event: SwarmHealStep) => void;
}

/** A step that is about to be taken, for whoever watches. */
export interface SwarmHealStep {
  readonly container: string;
  readonly step: "update" | "watch";
}

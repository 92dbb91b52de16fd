import type { EngineId, EpochMs, ImageId, SubjectKey } from "../ids.ts";
import type { Affected } from "../news.ts";
import type { SwarmLimits } from "./swarm-limits.ts";
import { forceUpdateIn, type SwarmService } from "./swarm-service.ts";

/** How far the heal of a Swarm service had come, by its journal. */
export const SWARM_PHASES = [
  /** Opened; Swarm had not been asked for anything. */
  "open",
  /** The update was about to be sent; Swarm may have got it. */
  "updating",
  /** Swarm had taken it, and replaces the tasks. */
  "watching",
] as const;
export type SwarmPhase = (typeof SWARM_PHASES)[number];

/** All that is needed to go on with the heal of a Swarm service in another process. Plain JSON. */
export interface SwarmRecord {
  readonly method: "swarm";
  readonly id: string;
  readonly engine: EngineId;
  /** The service, by `healSubjectOf`: all its tasks are one heal. */
  readonly subject: SubjectKey;
  /** The service's name: what people call it. */
  readonly container: string;
  readonly affected: Affected;
  readonly divergedSince: EpochMs;
  /** The command that a person would type, for a POSIX shell; null where none can be named. */
  readonly remedy: string | null;
  readonly by: "daemon" | "command";
  readonly openedAt: EpochMs;
  readonly serviceId: string;
  /** The plain tag in the service's definition, as it is written there. */
  readonly image: string;
  readonly newImage: ImageId;
  /** What its tasks ran when the heal was opened, but for the newest. */
  readonly oldImages: readonly ImageId[];
  /** `ForceUpdate` and the last update's start, as they were: other values are another update. */
  readonly forceUpdate: number;
  readonly updateStartedAt: string | null;
  /** All tasks that Swarm knew: whatever another one does, it does since the heal began. */
  readonly knownTasks: readonly string[];
  readonly limits: SwarmLimits;
}

/** Whether some update has begun since the heal was opened. Only ours, or one that has the same effect, can have, since
 *  an update that names an older version of the service is refused. Where it failed, Swarm's own way back has restored
 *  the old number by now. */
export function hasBegun({ spec, update }: SwarmService, record: SwarmRecord): boolean {
  if (forceUpdateIn(spec) > record.forceUpdate) return true;
  return (update?.startedAt ?? null) !== record.updateStartedAt;
}

export const SWARM_OUTCOMES = ["healed", "failed", "discarded", "left"] as const;
/** `healed`: all wanted tasks run the newest image; `failed`: they do not, and Swarm goes on as it sees fit;
 *  `discarded`: Swarm had not been asked for anything; `left`: somebody changed the service meanwhile. */
export type SwarmOutcome = (typeof SWARM_OUTCOMES)[number];

/** How the heal of a Swarm service ended. */
export interface SwarmEnd {
  readonly outcome: SwarmOutcome;
  /** The cause, in one sentence without a full stop. */
  readonly detail: string;
  readonly quarantine: boolean;
  /** Swarm replaces tasks by and by: there is no one time in which nothing served. */
  readonly downtime: null;
  /** What the failed tasks left: Swarm's words, their last lines, what their health check said. */
  readonly logs: readonly string[];
  readonly warnings: readonly string[];
  /** What Swarm runs now, in one sentence without a full stop; null where nothing was changed. */
  readonly runsNow: string | null;
  /** The command that brings the old image back, while the engine still has it. */
  readonly wayBack: string | null;
}

export function swarmEnd(
  outcome: SwarmOutcome,
  detail: string,
  more: Partial<SwarmEnd> = {},
): SwarmEnd {
  const nothing = { quarantine: false, downtime: null, logs: [], warnings: [] } as const;
  return { outcome, detail, ...nothing, runsNow: null, wayBack: null, ...more };
}

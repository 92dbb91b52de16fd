import type { ImageId } from "../ids.ts";
import type { HealCase } from "./record.ts";
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

/** All that is needed to go on with the heal of a Swarm service in another process. `subject` is the service's, by
 *  `healSubjectOf`, and `container` its name: all its tasks are one heal. */
export interface SwarmRecord extends HealCase {
  readonly method: "swarm";
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

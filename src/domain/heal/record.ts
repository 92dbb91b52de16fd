import type { ContainerId, EngineId, EpochMs, ImageId, Milliseconds, SubjectKey } from "../ids.ts";
import type { Affected } from "../news.ts";
import type { JsonObject } from "../replacement/json.ts";
import type { Replacement } from "../replacement/replacement.ts";
import type { Tie } from "./relations.ts";

/** What every heal knows of its case, whatever its method. Plain JSON: it outlives the process. */
export interface HealCase {
  readonly id: string;
  readonly engine: EngineId;
  readonly subject: SubjectKey;
  /** Further subjects that stand or fall with it: the other containers of a service that is recreated as a whole. */
  readonly siblings?: readonly SubjectKey[];
  /** NAME. */
  readonly container: string;
  readonly affected: Affected;
  readonly divergedSince: EpochMs;
  /** The command that a person would type, for a POSIX shell; null where none can be named. */
  readonly remedy: string | null;
  readonly by: "daemon" | "command";
  readonly openedAt: EpochMs;
}

/** An image as a replacement is created from it. */
export interface ReplacementImage {
  readonly id: ImageId;
  /** What to create by: the container's own reference. */
  readonly reference: string;
  readonly config: JsonObject;
}

/** A container that hangs on the healed one, as it was when the heal was opened. */
export interface DependentSeed {
  readonly subject: SubjectKey;
  readonly tie: Tie;
  /** Its inspect, raw. */
  readonly old: JsonObject;
  readonly oldImageConfig: JsonObject;
  readonly newImage: ReplacementImage;
}

/** All that is needed to finish or undo a recreate over the Engine API in another process, with the old image, or the
 *  old container, gone. */
export interface HealRecord extends HealCase {
  readonly method: "engine";
  readonly oldId: ContainerId;
  /** `State.StartedAt` of the old one when the heal began: another value is somebody else's doing. */
  readonly oldStartedAt: string;
  /** Its inspect, raw: the saved definition. */
  readonly old: JsonObject;
  readonly oldImage: ImageId;
  readonly oldImageConfig: JsonObject;
  readonly newImage: ReplacementImage;
  readonly replacement: Replacement;
  /** Nearest first. */
  readonly dependents: readonly DependentSeed[];
  /** Whether the old image is removed in the end, if nothing uses or tags it. */
  readonly cleanup: boolean;
}

export const HEAL_OUTCOMES = [
  /** The replacement runs under NAME. */
  "healed",
  /** The old container runs again. */
  "rolled-back",
  /** Nothing that ran had been touched: things had changed meanwhile, and are judged anew. */
  "discarded",
  /** It could not be undone: what is there is told. */
  "failed",
  /** Others took over: what is there is told. */
  "left",
  /** Nothing is left. */
  "lost",
  /** Nothing that ran had been touched: it cannot be done. */
  "refused",
] as const;
export type HealOutcome = (typeof HEAL_OUTCOMES)[number];

/** How a heal ended. */
export interface HealEnd {
  readonly outcome: HealOutcome;
  /** The cause, in one sentence without a full stop. */
  readonly detail: string;
  /** Whether the image is to blame: it is not tried again for this subject. */
  readonly quarantine: boolean;
  /** From the old container's stop to the replacement's start; null where that was not seen. */
  readonly downtime: Milliseconds | null;
  /** The replacement's last lines and what its health check said. */
  readonly logs: readonly string[];
  /** One sentence each. */
  readonly warnings: readonly string[];
  /** What runs now, in one sentence, where the outcome alone does not say it. */
  readonly runsNow?: string | null;
  /** Whether its tag came to mean yet another image while it was healed. */
  readonly outdated?: boolean;
  /** The command to type after a failure, where it is not the one that the heal was in place of. */
  readonly remedy?: string | null;
}

export function healEnd(
  outcome: HealOutcome,
  detail: string,
  more: Partial<HealEnd> = {},
): HealEnd {
  const nothing = { quarantine: false, downtime: null, logs: [], warnings: [] };
  return { outcome, detail, ...nothing, ...more };
}

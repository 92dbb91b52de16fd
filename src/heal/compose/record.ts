import type { ComposeProject } from "../../domain/compose-project.ts";
import type { ComposeCommand } from "../../domain/heal/compose-command.ts";
import type { ComposePhase } from "../../domain/heal/compose-turn.ts";
import type { GateLimits } from "../../domain/heal/gate.ts";
import type {
  ContainerId,
  EngineId,
  EpochMs,
  ImageId,
  Milliseconds,
  SubjectKey,
} from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/replacement/json.ts";
import type { Replacement } from "../../domain/replacement/replacement.ts";
import type { HealEngine } from "../../engine/heal-engine.ts";
import type { HealClock } from "../acts.ts";
import type { HealOutcome } from "../journal.ts";
import type { ComposeCommands } from "./commands.ts";

/** How a container is brought back after Compose has removed it: its definition on its old image. */
export type WayBack =
  | { readonly kind: "definition"; readonly replacement: Replacement }
  | { readonly kind: "none"; readonly reason: string };

/** One container of the service, as it was before. */
export interface ComposeReplica {
  readonly id: ContainerId;
  readonly name: string;
  readonly subject: SubjectKey;
  /** `State.StartedAt`: another value is somebody else's doing, or Compose's. */
  readonly startedAt: string;
  readonly imageId: ImageId;
  /** Its inspect, raw: the saved definition. */
  readonly old: JsonObject;
  readonly wayBack: WayBack;
}

/** All that is needed to finish or undo a heal through Compose in another process. Plain JSON. */
export interface ComposeHealRecord {
  readonly method: "compose";
  readonly id: string;
  readonly engine: EngineId;
  /** Of the container that the heal is for. */
  readonly subject: SubjectKey;
  /** Its NAME. */
  readonly container: string;
  readonly project: ComposeProject;
  readonly command: ComposeCommand;
  /** By this name Compose finds the newest image. */
  readonly image: string;
  /** Every container of the service, fresh ones too: Compose may recreate them as well. */
  readonly replicas: readonly ComposeReplica[];
  readonly newImage: ImageId;
  readonly openedAt: EpochMs;
}

/** How a heal ended. */
export interface ComposeHealEnd {
  readonly outcome: HealOutcome;
  /** The cause, in one sentence without a full stop. */
  readonly detail: string;
  /** Whether the image is to blame: it is not tried again for this subject. */
  readonly quarantine: boolean;
  readonly downtime: Milliseconds | null;
  /** The last of what Compose wrote, and the last lines of a container that failed. */
  readonly logs: readonly string[];
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/** The right to let Compose loose on a service. */
export interface ComposeLease {
  readonly record: ComposeHealRecord;
  readonly phase: ComposePhase;
  /** Committed before the step that it names is taken. */
  enter(phase: ComposePhase): void;
  close(end: ComposeHealEnd): void;
}

export interface ComposeParts {
  readonly engine: HealEngine;
  readonly clock: HealClock;
  readonly limits: GateLimits;
  readonly commands: ComposeCommands;
}

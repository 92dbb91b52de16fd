import type { ComposeProject } from "../../domain/compose-project.ts";
import type { ComposeCommand } from "../../domain/heal/compose-command.ts";
import type { ComposePhase } from "../../domain/heal/compose-turn.ts";
import type { HealCase } from "../../domain/heal/record.ts";
import type { ContainerId, ImageId, SubjectKey } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/replacement/json.ts";
import type { Lease } from "../journal.ts";
import type { HealParts } from "../parts.ts";
import type { WayBack } from "../restored.ts";
import type { ComposeCommands } from "./commands.ts";

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

/** All that is needed to finish or undo a heal through Compose in another process. */
export interface ComposeHealRecord extends HealCase {
  readonly method: "compose";
  readonly project: ComposeProject;
  readonly command: ComposeCommand;
  /** By this name Compose finds the newest image. */
  readonly image: string;
  readonly newImage: ImageId;
  /** Every container of the service, fresh ones too: Compose may recreate them as well. */
  readonly replicas: readonly ComposeReplica[];
}

/** The right to let Compose loose on a service. */
export type ComposeLease = Lease<ComposeHealRecord, ComposePhase>;

export interface ComposeParts extends HealParts {
  readonly commands: ComposeCommands;
}

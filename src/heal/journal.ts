import type { ContainerId, EngineId, EpochMs, ImageId, SubjectKey } from "../domain/ids.ts";
import type { HealPhase } from "../domain/heal/recovery.ts";
import type { JsonObject } from "../domain/replacement/json.ts";
import type { Replacement } from "../domain/replacement/replacement.ts";

/** All that is needed to finish or undo a heal in another process, with the old image, or the old container, gone. */
export interface HealRecord {
  readonly id: string;
  readonly engine: EngineId;
  readonly subject: SubjectKey;
  /** NAME. */
  readonly container: string;
  readonly oldId: ContainerId;
  /** `State.StartedAt` of the old one when the heal began: another value is somebody else's doing. */
  readonly oldStartedAt: string;
  /** Its inspect, raw: the saved definition. */
  readonly old: JsonObject;
  readonly oldImage: ImageId;
  readonly newImage: ImageId;
  readonly replacement: Replacement;
  readonly openedAt: EpochMs;
}

/** An open heal as a later process finds it. */
export interface InterruptedHeal {
  readonly record: HealRecord;
  readonly phase: HealPhase;
  /** null while none is known to have been created. */
  readonly replacementId: ContainerId | null;
}

export const HEAL_OUTCOMES = ["healed", "rolled-back", "discarded", "lost", "left"] as const;
/** `healed`: the replacement runs under NAME; `rolled-back`: the old one runs again; `discarded`: nothing had been
 *  touched; `left`: others took over, and it is told what is there; `lost`: nothing is left. */
export type HealOutcome = (typeof HEAL_OUTCOMES)[number];

/** The right to act on a container. Only the journal hands it out, and only to one process at a time. */
export interface HealLease {
  readonly record: HealRecord;
  readonly phase: HealPhase;
  readonly replacementId: ContainerId | null;
  /** Committed before the step that it names is taken. */
  enter(phase: HealPhase): void;
  created(id: ContainerId): void;
  close(outcome: HealOutcome, detail: string): void;
}

export interface HealJournal {
  /** Throws `HEAL_UNDER_WAY` when a heal of the subject is open already. */
  open(record: HealRecord): HealLease;
  interrupted(engine: EngineId): readonly InterruptedHeal[];
  resume(interrupted: InterruptedHeal): HealLease;
}

import type { HealStep } from "../../domain/heal/plan.ts";
import type { HealEnd } from "../../domain/heal/record.ts";
import type { EngineIdentity } from "../../domain/observation.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { healExtras } from "../../heal/extras.ts";
import type { MethodRecord } from "../../heal/method-heals.ts";
import { engineDocument } from "../../status/documents/engine.ts";
import { downtimeSeconds } from "../../status/documents/history.ts";
import { iso, isoOrNull } from "../../status/documents/times.ts";
import type { LeftAlone, Refusal } from "./heal-plan.ts";

export interface HealDocumentInput {
  readonly engine: EngineIdentity;
  readonly dryRun: boolean;
  readonly at: EpochMs;
  readonly heals: readonly {
    readonly record: MethodRecord;
    readonly steps: readonly HealStep[];
    /** Of the plan. */
    readonly warnings: readonly string[];
    /** null where it was not run. */
    readonly end: HealEnd | null;
  }[];
  readonly refused: readonly Refusal[];
  readonly nothing: readonly LeftAlone[];
}

/** The document of `heal --json`. Keys are stable: people script against them. */
export function healDocument({ engine, dryRun, at, heals, refused, nothing }: HealDocumentInput) {
  return {
    schemaVersion: 1,
    engine: engineDocument(engine),
    at: iso(at),
    dryRun,
    heals: heals.map(({ record, steps, warnings, end }) => ({
      id: record.id,
      method: record.method,
      container: record.container,
      project: record.affected.project,
      service: record.affected.service,
      oldImage: {
        id: record.affected.running.id,
        createdAt: isoOrNull(record.affected.running.createdAt),
      },
      newImage: {
        id: record.affected.newest.id,
        tag: record.affected.newest.tag,
        createdAt: isoOrNull(record.affected.newest.createdAt),
        revision: record.affected.newest.revision,
      },
      ...healExtras(record),
      steps: steps.map(({ step, container, does, cause }) => ({ step, container, does, cause })),
      outcome: end?.outcome ?? null,
      detail: end?.detail ?? null,
      quarantined: end?.quarantine ?? false,
      downtimeSeconds: downtimeSeconds(end),
      warnings: [...warnings, ...(end?.warnings ?? [])],
      logs: end?.logs ?? [],
    })),
    refused: refused.map(({ judgement, reason, remedy }) => ({
      container: judgement.container.name,
      reason,
      command: remedy,
    })),
    nothingToDo: nothing.map(({ judgement, reason }) => ({
      container: judgement.container.name,
      reason,
    })),
  };
}

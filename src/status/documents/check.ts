import { explain } from "../../domain/explain.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { summaryOf } from "../../domain/summary.ts";
import type { Judgement, VerdictKind } from "../../domain/verdict.ts";
import type { EngineIdentity } from "../../domain/observation.ts";
import { engineDocument } from "./engine.ts";
import { iso, isoOrNull } from "./times.ts";

/** The document of `check --json`. Keys are stable: people script against them. */
export interface CheckDocument {
  readonly schemaVersion: 1;
  readonly engine: ReturnType<typeof engineDocument>;
  readonly checkedAt: string;
  readonly summary: Readonly<Record<VerdictKind, number>>;
  readonly containers: readonly ContainerDocument[];
}

type ContainerDocument = ReturnType<typeof containerDocument>;

export function checkDocument(
  engine: EngineIdentity,
  judgements: readonly Judgement[],
  at: EpochMs,
): CheckDocument {
  return {
    schemaVersion: 1,
    engine: engineDocument(engine),
    checkedAt: iso(at),
    summary: summaryOf(judgements),
    containers: judgements.toSorted(byName).map((judgement) => containerDocument(judgement, at)),
  };
}

function byName(a: Judgement, b: Judgement): number {
  return a.container.name < b.container.name ? -1 : 1;
}

function containerDocument(judgement: Judgement, at: EpochMs) {
  const { container, project, service, reference, strategy, mode, running, hold, ack, warnings } =
    judgement;
  const diverged = "divergedSince" in judgement ? judgement : null;
  const newest = "newest" in judgement ? judgement.newest : null;
  return {
    name: container.name,
    id: container.id,
    project,
    service,
    reference,
    strategy,
    mode,
    verdict: judgement.verdict,
    reasonCode: "reasonCode" in judgement ? judgement.reasonCode : null,
    reason: explain(judgement, at),
    rolledBack: diverged?.rolledBack ?? false,
    running: { id: running.id, createdAt: isoOrNull(running.createdAt) },
    newest: newest && {
      id: newest.id,
      tag: newest.tag,
      createdAt: isoOrNull(newest.createdAt),
      revision: newest.revision,
    },
    divergedSince: isoOrNull(diverged?.divergedSince ?? null),
    graceEndsAt: isoOrNull(diverged?.graceEndsAt ?? null),
    healBlockedBy: diverged?.healBlockedBy ?? null,
    hold: hold && { id: hold.id, until: iso(hold.until), reason: hold.reason },
    ack: ack && { until: iso(ack.until) },
    warnings: warnings.map(({ code, message }) => ({ code, message })),
  };
}

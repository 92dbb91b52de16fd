import { explain } from "../../domain/explain.ts";
import type { EpochMs } from "../../domain/ids.ts";
import type { EngineIdentity } from "../../domain/observation.ts";
import type { VerifyFault } from "../../domain/verify/replica.ts";
import {
  isVerified,
  type ProvenReplica,
  type ProvenService,
  type VerifyRequest,
} from "../../domain/verify/services.ts";
import { engineDocument } from "../../status/documents/engine.ts";
import { iso, isoOrNull } from "../../status/documents/times.ts";

export interface VerifyDocumentInput {
  readonly engine: EngineIdentity;
  readonly request: VerifyRequest;
  readonly services: readonly ProvenService[];
  readonly at: EpochMs;
}

/** The document of `verify --json`. Keys are stable: people script against them. */
export function verifyDocument({ engine, request, services, at }: VerifyDocumentInput) {
  return {
    schemaVersion: 1,
    engine: engineDocument(engine),
    at: iso(at),
    since: iso(request.since),
    settleSeconds: request.settle / 1000,
    verified: isVerified(services),
    services: services.map(({ project, service, expected, replicas, fault }) => ({
      project,
      service,
      expectedReplicas: expected,
      fault: faultDocument(fault),
      containers: replicas.map((replica) => containerDocument(replica, at)),
    })),
  };
}

function containerDocument({ container, reading, judgement, fault }: ProvenReplica, at: EpochMs) {
  return {
    name: container.name,
    id: container.id,
    createdAt: iso(reading?.createdAt ?? container.createdAt),
    state: reading?.status ?? null,
    health: reading?.health ?? null,
    imageId: container.imageId,
    verdict: judgement?.verdict ?? null,
    reason: judgement && explain(judgement, at),
    newestTag: judgement !== null && "newest" in judgement ? judgement.newest.tag : null,
    revision: judgement !== null && "newest" in judgement ? judgement.newest.revision : null,
    startedAt: isoOrNull(startOf(reading?.startedAt)),
    fault: faultDocument(fault),
  };
}

/** What was never started says so with a year 1. */
function startOf(text: string | undefined): EpochMs | null {
  const time = Date.parse(text ?? "");
  return time > 0 ? time : null;
}

function faultDocument(fault: VerifyFault | null) {
  return fault && { code: fault.code, message: fault.text };
}

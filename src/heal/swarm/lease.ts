import type { SwarmPhase, SwarmRecord } from "../../domain/heal/swarm-record.ts";
import type { SwarmEngine } from "../../engine/swarm-engine.ts";
import type { Lease } from "../journal.ts";
import type { HealParts } from "../parts.ts";

/** The right to have a service updated. */
export type SwarmLease = Lease<SwarmRecord, SwarmPhase>;

export interface SwarmParts extends HealParts {
  readonly swarm: SwarmEngine;
}

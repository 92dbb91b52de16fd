import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import { scan } from "../../../src/daemon/scan.ts";
import { volatileLedger } from "../../../src/daemon/volatile-ledger.ts";
import { swarmServicesOf, type SwarmServiceCase } from "../../../src/domain/heal/swarm-due.ts";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import type { SwarmRecord } from "../../../src/domain/heal/swarm-record.ts";
import { DEFAULT_POLICY } from "../../../src/domain/policy.ts";
import {
  connectEngine,
  connectHealEngine,
  connectSwarmEngine,
} from "../../../src/engine/connect.ts";
import type { SwarmLease, SwarmParts } from "../../../src/heal/swarm/lease.ts";
import { planSwarm, type SwarmPlan } from "../../../src/heal/swarm/plan.ts";
import { runSwarmHeal } from "../../../src/heal/swarm/run.ts";
import type { EngineConnection } from "../../harness/engine.ts";

const NEVER = new AbortController().signal;
/** In heal mode and without a grace: what diverges is due at once. */
const POLICY = { ...DEFAULT_POLICY, mode: "heal", grace: 0 } as const;

const optionsOf = (engine: EngineConnection) => ({
  address: { kind: "unix", path: engine.socketPath } as const,
  timeout: 15_000,
  name: null,
});

/** All Swarm services, judged as the daemon does it. */
export async function judgedServices(
  engine: EngineConnection,
): Promise<readonly SwarmServiceCase[]> {
  const { judgements } = await scan(
    {
      engine: await connectEngine(optionsOf(engine), NEVER),
      ledger: volatileLedger(),
      policy: POLICY,
      self: null,
      healWindowOpen: true,
      selection: null,
      reporting: null,
      now: Date.now,
      lastScanAt: null,
      clocks: null,
    },
    NEVER,
  );
  return swarmServicesOf(judgements);
}

export async function judgedService(
  engine: EngineConnection,
  name: string,
): Promise<SwarmServiceCase> {
  const found = (await judgedServices(engine)).find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} was not judged`);
  return found;
}

export async function partsFor(engine: EngineConnection): Promise<SwarmParts> {
  return {
    engine: await connectHealEngine(optionsOf(engine), NEVER),
    swarm: await connectSwarmEngine(optionsOf(engine), NEVER),
    clock: SYSTEM_CLOCK,
    gate: { settle: 1500, healthTimeout: 5000 },
  };
}

/** A journal's entry that outlives a simulated crash of the process. */
export interface Entry {
  readonly record: SwarmRecord;
  phase: SwarmLease["phase"];
  end: HealEnd | null;
}

export function leaseOn(entry: Entry): SwarmLease {
  return {
    record: entry.record,
    get phase() {
      return entry.phase;
    },
    enter: (phase) => {
      entry.phase = phase;
    },
    close: (end) => {
      entry.end = end;
    },
  };
}

export async function planned(engine: EngineConnection, name: string): Promise<SwarmPlan> {
  const one = await judgedService(engine, name);
  return planSwarm(
    one,
    { id: "h1", by: "daemon", cause: "it is stale" },
    await partsFor(engine),
    NEVER,
  );
}

export async function recordFor(engine: EngineConnection, name: string): Promise<SwarmRecord> {
  const plan = await planned(engine, name);
  if (plan.kind !== "ready") throw new Error(`${plan.kind}: ${plan.reason}`);
  return plan.record;
}

export async function healed(engine: EngineConnection, name: string): Promise<HealEnd> {
  const entry: Entry = { record: await recordFor(engine, name), phase: "open", end: null };
  await runSwarmHeal(leaseOn(entry), await partsFor(engine), NEVER);
  if (entry.end === null) throw new Error("the heal was not closed");
  return entry.end;
}

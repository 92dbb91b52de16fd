import type { EngineIdentity, ObservedContainer } from "../domain/observation.ts";
import { textAt } from "../domain/replacement/read.ts";
import { asDeployed, policyForAsked } from "../domain/verify/as-deployed.ts";
import type { ReplicaReading } from "../domain/verify/replica.ts";
import {
  isAskedFor,
  proveServices,
  type ProvenService,
  type VerifyRequest,
} from "../domain/verify/services.ts";
import type { Settings } from "../config/settings.ts";
import { scan, type ScanOptions } from "../daemon/scan.ts";
import { volatileLedger } from "../daemon/volatile-ledger.ts";
import { connectEngine, connectHealEngine } from "../engine/connect.ts";
import type { HealEngine } from "../engine/heal-engine.ts";
import { lookAt } from "../heal/look.ts";

/** Looks as often as it is asked to at what a deploy has made. It keeps nothing and needs no state: what the containers
 *  ran before does not matter. */
export interface Verifier {
  readonly engine: EngineIdentity;
  look(signal: AbortSignal): Promise<readonly ProvenService[]>;
}

export async function connectVerifier(
  { engine: address, policy }: Settings,
  request: VerifyRequest,
  signal: AbortSignal,
): Promise<Verifier> {
  const engine = await connectEngine(address, signal);
  const inspector = await connectHealEngine(address, signal);
  const skew = engine.clockSkew ?? 0;
  const isAsked = (container: ObservedContainer): boolean => isAskedFor(container, request);
  const options: ScanOptions = {
    engine,
    ledger: volatileLedger(),
    policy: policyForAsked(policy),
    self: null,
    healWindowOpen: true,
    selection: isAsked,
    view: (seen) => asDeployed(seen, isAsked),
    reporting: null,
    now: () => Date.now(),
    lastScanAt: null,
    clocks: null,
  };
  return {
    engine: engine.identity,
    async look(ending) {
      const { snapshot, judgements } = await scan(options, ending);
      const asked = snapshot.containers.filter(isAsked);
      const sight = {
        containers: snapshot.containers,
        judgements: new Map(judgements.map((one) => [one.container.id, one])),
        readings: await readingsOf(asked, inspector, ending),
        now: Date.now() + skew,
      };
      return proveServices({ ...request, since: request.since + skew }, sight);
    },
  };
}

async function readingsOf(
  containers: readonly ObservedContainer[],
  engine: HealEngine,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObservedContainer["id"], ReplicaReading>> {
  const found = await Promise.all(
    containers.map(async ({ id }) => {
      const inspect = await engine.inspect(id, signal);
      if (inspect === null) return [];
      const createdAt = Date.parse(textAt(inspect, "Created"));
      return [[id, { ...lookAt(inspect).gate, createdAt }] as const];
    }),
  );
  return new Map(found.flat());
}

import type {
  SwarmNode,
  SwarmPeer,
  SwarmService,
  SwarmTask,
} from "../domain/heal/swarm-service.ts";
import type { JsonObject } from "../domain/replacement/json.ts";

/** What a heal may ask of the swarm that an engine belongs to. All but `node` are for managers only. */
export interface SwarmEngine {
  node(signal: AbortSignal): Promise<SwarmNode>;
  peers(signal: AbortSignal): Promise<readonly SwarmPeer[]>;
  /** By ID or name; null when there is none. */
  service(idOrName: string, signal: AbortSignal): Promise<SwarmService | null>;
  /** Those of one service, also the few ended ones that Swarm remembers. */
  tasks(serviceId: string, signal: AbortSignal): Promise<readonly SwarmTask[]>;
  /** Refused when the service has another version by now. Nothing is asked of a registry, and the service keeps the
   *  credentials that it has. */
  update(serviceId: string, version: number, spec: JsonObject, signal: AbortSignal): Promise<void>;
}

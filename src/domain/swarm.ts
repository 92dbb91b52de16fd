import { SWARM } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";

/** Where a task belongs, by the labels that Swarm writes on its container. */
export interface SwarmPlace {
  /** The service's name: `shop_web`, or `web` outside of a stack. */
  readonly service: string;
  /** null where the container does not say it. */
  readonly serviceId: string | null;
  /** The number of its slot; for a global service the node's ID. */
  readonly slot: string;
}

/** null for what is no task. A task's name is `service.slot.taskId`. */
export function swarmPlaceOf(labels: ObservedContainer["labels"]): SwarmPlace | null {
  const service = labels[SWARM.serviceName];
  const task = labels[SWARM.taskName];
  if (!service || !task?.startsWith(`${service}.`)) return null;
  const slot = task.slice(service.length + 1).split(".")[0] ?? "";
  return { service, serviceId: labels[SWARM.serviceId] ?? null, slot };
}

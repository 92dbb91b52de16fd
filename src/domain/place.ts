import { COMPOSE, SWARM } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { swarmPlaceOf } from "./swarm.ts";

/** Project and service of a container, as settings, holds and messages speak of them. */
export interface Place {
  readonly project: string | null;
  readonly service: string | null;
}

/** A Swarm stack is a project, and the name of a Swarm service that of its service. What Compose wrote on the image that
 *  a task runs says where it was built, not where it runs. */
export function placeOf({ labels }: Pick<ObservedContainer, "labels">): Place {
  const swarm = swarmPlaceOf(labels);
  if (swarm !== null) return { project: labels[SWARM.stack] ?? null, service: swarm.service };
  return { project: labels[COMPOSE.project] ?? null, service: labels[COMPOSE.service] ?? null };
}

/** Whether people mean the container by this name. A task's own name ends in an ID that changes with every update, so
 *  its service's name and `service.slot` mean it, too. */
export function isCalled(
  { name, labels }: Pick<ObservedContainer, "name" | "labels">,
  as: string,
): boolean {
  if (name === as) return true;
  const swarm = swarmPlaceOf(labels);
  return swarm !== null && (as === swarm.service || as === `${swarm.service}.${swarm.slot}`);
}

import { subjectKey, type SubjectKey } from "./ids.ts";
import { COMPOSE, SWARM } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";

type Identified = Pick<ObservedContainer, "name" | "labels">;

/** Who a container is within its engine, over every recreate: Compose project, service and number; Swarm service and
 *  slot; else its name. Never by a Compose temporary name such as `<12 hex>_web`. */
export function subjectOf(container: Identified): SubjectKey {
  return (
    composeSubject(container) ?? swarmSubject(container) ?? subjectKey(`name:${container.name}`)
  );
}

function composeSubject({ labels }: Identified): SubjectKey | null {
  const project = labels[COMPOSE.project];
  const service = labels[COMPOSE.service];
  const number = labels[COMPOSE.number];
  if (!project || !service || !number || isOneOff(labels)) return null;
  return subjectKey(`compose:${part(project)}/${part(service)}/${part(number)}`);
}

/** Whether Compose keeps it as one of a service's containers. It numbers those that it creates: a container without a
 *  number merely inherited the other labels from its image, on which Compose 2.x writes them when it builds. */
export function isReplica(labels: Readonly<Record<string, string>>): boolean {
  return Boolean(labels[COMPOSE.number]) && !isOneOff(labels);
}

/** A task's name is `service.slot.taskId`; for a global service the slot is the node's ID. */
function swarmSubject({ labels }: Identified): SubjectKey | null {
  const service = labels[SWARM.serviceName];
  const task = labels[SWARM.taskName];
  if (!service || !task?.startsWith(`${service}.`)) return null;
  const slot = task.slice(service.length + 1).split(".")[0] ?? "";
  return subjectKey(`swarm:${part(service)}/${part(slot)}`);
}

/** `docker compose run`: it carries its service's labels, number included, but is not the service. Each run is a
 *  subject of its own. */
export function isOneOff(labels: Readonly<Record<string, string>>): boolean {
  return labels[COMPOSE.oneoff]?.toLowerCase() === "true";
}

const PLAIN = /^[\w.-]+$/;

/** Labels may hold anything; a slash in one must not make it two parts. */
function part(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text.toWellFormed());
}

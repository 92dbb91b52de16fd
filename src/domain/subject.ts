import { healLeftover } from "./heal/temporary-names.ts";
import { subjectKey, type SubjectKey } from "./ids.ts";
import { COMPOSE } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { swarmPlaceOf } from "./swarm.ts";

type Identified = Pick<ObservedContainer, "name" | "labels">;

/** Who a container is within its engine, over every recreate: Compose project, service and number; Swarm service and
 *  slot; else its name. Never by a Compose temporary name such as `<12 hex>_web`, nor by one of a heal. */
export function subjectOf(container: Identified): SubjectKey {
  return composeSubject(container) ?? swarmSubject(container) ?? nameSubject(container);
}

function nameSubject({ name }: Identified): SubjectKey {
  return subjectKey(`name:${healLeftover(name)?.container ?? name}`);
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

function swarmSubject({ labels }: Identified): SubjectKey | null {
  const swarm = swarmPlaceOf(labels);
  return swarm && subjectKey(`${SWARM_PREFIX}${part(swarm.service)}/${part(swarm.slot)}`);
}

const SWARM_PREFIX = "swarm:";

/** Whom a heal of this subject is about. Swarm replaces the tasks of a service together: theirs is one heal, one
 *  quarantine. */
export function healSubjectOf(subject: SubjectKey): SubjectKey {
  return subject.startsWith(SWARM_PREFIX) ? subjectKey(subject.split("/")[0] ?? subject) : subject;
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

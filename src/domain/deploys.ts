import { healLeftover } from "./heal/temporary-names.ts";
import type { SubjectKey } from "./ids.ts";
import { COMPOSE } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { isReplica, subjectOf } from "./subject.ts";

/** Subjects that two containers stand for, in any state and neither ours: Compose is recreating one by the other, or
 *  was cut off while it did. A lone container with a temporary name is ordinary: Compose 2.40 leaves such. Looks at the
 *  services of `among` only. */
export function deploysUnderWay(
  containers: readonly ObservedContainer[],
  among: readonly ObservedContainer[] = containers,
): ReadonlySet<SubjectKey> {
  const services = new Set(among.map(({ labels }) => labels[COMPOSE.service]));
  const seen = new Set<SubjectKey>();
  const twice = new Set<SubjectKey>();
  for (const container of containers) {
    if (!services.has(container.labels[COMPOSE.service]) || !mayBeReplica(container)) continue;
    const subject = subjectOf(container);
    if (seen.has(subject)) twice.add(subject);
    else seen.add(subject);
  }
  return twice;
}

/** One of Compose's own, not of ours. */
function mayBeReplica({ name, labels }: ObservedContainer): boolean {
  const isService = Boolean(labels[COMPOSE.project] && labels[COMPOSE.service]);
  return isService && isReplica(labels) && healLeftover(name) === null;
}

import type { SubjectKey } from "./ids.ts";
import { COMPOSE } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { isOneOff, subjectOf } from "./subject.ts";

/** Our own temporary names: `web.stalewatch-<heal id>-new` and `…-old`. */
const OURS = /\.stalewatch-[\w-]+-(?:new|old)$/;

export function isHealLeftover(name: string): boolean {
  return OURS.test(name);
}

/** Subjects that two containers stand for, in any state and neither ours: Compose is recreating one by the other, or
 *  was cut off while it did. A lone container with a temporary name is ordinary: Compose 2.40 leaves such. */
export function deploysUnderWay(
  containers: readonly ObservedContainer[],
  subjectFor: (container: ObservedContainer) => SubjectKey = subjectOf,
): ReadonlySet<SubjectKey> {
  const seen = new Set<SubjectKey>();
  const twice = new Set<SubjectKey>();
  for (const container of containers) {
    if (!container.labels[COMPOSE.project] || isOneOff(container.labels)) continue;
    if (isHealLeftover(container.name)) continue;
    const subject = subjectFor(container);
    if (!subject.startsWith("compose:")) continue;
    if (seen.has(subject)) twice.add(subject);
    else seen.add(subject);
  }
  return twice;
}

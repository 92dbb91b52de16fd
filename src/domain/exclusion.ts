import type { EffectivePolicy } from "./effective-policy.ts";
import { MANAGER_OF_LABEL, SHORT_LIVED_LABELS } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { isOneOff } from "./subject.ts";
import type { ExcludedReason } from "./verdict.ts";

type Labels = ObservedContainer["labels"];

/** Why a container is not judged, or null if it is. What is managed elsewhere and stalewatch itself cannot be
 *  included by any setting: a heal would fight its manager, or cut the branch it sits on. `imageLabels` gives those of
 *  the image that it runs, or null when they cannot be learned any more. */
export function exclusionOf(
  container: ObservedContainer,
  policy: EffectivePolicy,
  self: string | null,
  imageLabels: (container: ObservedContainer) => Labels | null,
): ExcludedReason | null {
  if (self !== null && container.id === self) return "self";
  if (managerOf(container.labels) !== null) return "managed-elsewhere";
  if (policy.enable !== null) return policy.enable.value ? null : policy.enable.by;
  return isShortLived(container, imageLabels) ? "short-lived" : null;
}

/** The program that owns the container, as people call it, or null. */
export function managerOf(labels: Labels): string | null {
  for (const [label, manager] of MANAGERS) if (labels[label] !== undefined) return manager;
  return null;
}

const MANAGERS = Object.entries(MANAGER_OF_LABEL);

/** An image that was committed or built in a job or a session carries its labels: whoever runs that image lives on. */
function isShortLived(
  container: ObservedContainer,
  imageLabels: (container: ObservedContainer) => Labels | null,
): boolean {
  const { labels, name } = container;
  if (isOneOff(labels) || name.startsWith("buildx_buildkit_")) return true;
  const found = SHORT_LIVED_LABELS.filter((label) => labels[label] !== undefined);
  if (found.length === 0) return false;
  const inherited = imageLabels(container);
  return found.some((label) => labels[label] !== inherited?.[label]);
}

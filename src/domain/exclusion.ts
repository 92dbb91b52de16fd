import type { EffectivePolicy } from "./effective-policy.ts";
import { MANAGER_OF_LABEL, SHORT_LIVED_LABELS } from "./labels.ts";
import type { ObservedContainer } from "./observation.ts";
import { isOneOff } from "./subject.ts";
import type { ExcludedReason } from "./verdict.ts";

type Labels = ObservedContainer["labels"];

/** Why a container is not judged, or null if it is. What is managed elsewhere and stalewatch itself cannot be
 *  included by any setting: a heal would fight its manager, or cut the branch it sits on. */
export function exclusionOf(
  container: ObservedContainer,
  policy: EffectivePolicy,
  self: string | null,
): ExcludedReason | null {
  if (self !== null && container.id === self) return "self";
  if (managerOf(container.labels) !== null) return "managed-elsewhere";
  if (policy.enable !== null) return policy.enable.value ? null : policy.enable.by;
  return isShortLived(container) ? "short-lived" : null;
}

/** The program that owns the container, as people call it, or null. */
export function managerOf(labels: Labels): string | null {
  for (const [label, manager] of MANAGERS) if (labels[label] !== undefined) return manager;
  return null;
}

const MANAGERS = Object.entries(MANAGER_OF_LABEL);

function isShortLived({ labels, name }: ObservedContainer): boolean {
  if (isOneOff(labels) || name.startsWith("buildx_buildkit_")) return true;
  return SHORT_LIVED_LABELS.some((label) => labels[label] !== undefined);
}

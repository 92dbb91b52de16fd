import { POLICY_LABEL } from "../labels.ts";
import type { ObservedContainer, Snapshot } from "../observation.ts";
import type { PolicyConfig } from "../policy.ts";

/** Whoever asks for a container by its service wants it judged, whether or not the watchdog is to look at it; and what
 *  has done its work and ended like what still runs. */
export function asDeployed(
  snapshot: Snapshot,
  isAsked: (container: ObservedContainer) => boolean,
): Snapshot {
  const containers = snapshot.containers.map((one) => (isAsked(one) ? judged(one) : one));
  return { ...snapshot, containers };
}

function judged(container: ObservedContainer): ObservedContainer {
  const labels = Object.entries(container.labels).filter(([key]) => key !== POLICY_LABEL.enable);
  const state = container.state === "exited" ? "running" : container.state;
  return { ...container, labels: Object.fromEntries(labels), state };
}

/** Without what excludes. */
export function policyForAsked(policy: PolicyConfig): PolicyConfig {
  return { ...policy, exclude: [], rules: policy.rules.map((rule) => ({ ...rule, enable: null })) };
}

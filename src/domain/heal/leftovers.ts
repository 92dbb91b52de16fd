import { policyResolver } from "../effective-policy.ts";
import { exclusionOf } from "../exclusion.ts";
import type { ContainerId } from "../ids.ts";
import { isLive, type ObservedContainer } from "../observation.ts";
import type { PolicyConfig } from "../policy.ts";
import { healLeftover } from "./temporary-names.ts";

/** What is done about a container of ours that no journal knows of. Nothing is ever deleted: without a journal nobody
 *  can say what is worth keeping. */
export interface LeftoverAct {
  readonly container: ObservedContainer;
  /** First stopped. */
  readonly stop: readonly ContainerId[];
  /** Then started, if nothing serves. */
  readonly start: ContainerId | null;
  /** One sentence without a full stop. */
  readonly report: string;
}

/** Those of ours among them that this policy does not exclude. */
export function leftoversAmong(
  containers: readonly ObservedContainer[],
  policy: PolicyConfig,
): readonly ObservedContainer[] {
  const ours = containers.filter(({ name }) => healLeftover(name) !== null);
  if (ours.length === 0) return ours;
  const resolve = policyResolver(policy);
  return ours.filter((one) => exclusionOf(one, resolve(one, null), null, () => null) === null);
}

/** By what is there under NAME: it goes before what has a temporary name, the old one before the new. */
export function leftoverActs(containers: readonly ObservedContainer[]): readonly LeftoverAct[] {
  const byName = new Map(containers.map((one) => [one.name, one]));
  const groups = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    const left = healLeftover(container.name);
    if (left !== null)
      groups.set(left.container, [...(groups.get(left.container) ?? []), container]);
  }
  return [...groups].flatMap(([name, ours]) => actFor(name, byName.get(name) ?? null, ours));
}

function actFor(
  name: string,
  holder: ObservedContainer | null,
  ours: readonly ObservedContainer[],
): LeftoverAct[] {
  const role = (wanted: "new" | "old"): ObservedContainer | undefined =>
    ours.find((one) => healLeftover(one.name)?.role === wanted);
  const [replacement, old] = [role("new"), role("old")];
  const first = old ?? replacement;
  if (first === undefined) return [];
  const left = ours.map((one) => one.name).join(", ");
  if (holder === null)
    return [
      {
        container: first,
        stop: [],
        start: ours.some(isLive) ? null : first.id,
        report: `${name} is gone, and ${left} is left of a heal: one of them runs; rename it, and remove what is left over`,
      },
    ];
  const isDown = !isLive(holder);
  return [
    {
      container: first,
      stop: isDown ? ours.filter(isLive).map(({ id }) => id) : [],
      start: isDown ? holder.id : null,
      report: `${left} is left of a heal that nobody remembers, beside ${name}, which runs: remove it once you are sure that it holds nothing you need`,
    },
  ];
}

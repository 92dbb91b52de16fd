import { shortId, type ContainerId } from "../ids.ts";
import { healSubjectOf } from "../subject.ts";
import type { Diverged, Fresh } from "../verdict.ts";
import { healOrder } from "./order.ts";
import { dependentsOf, type Dependent, type Relations, type Tie } from "./relations.ts";

export const HEAL_METHODS = ["engine", "compose", "swarm"] as const;
/** How a container is recreated: over the Engine API, by Compose, or through its Swarm service. */
export type HealMethod = (typeof HEAL_METHODS)[number];

/** A container that is to be recreated, and why. A fresh one only by force. */
export interface HealTarget {
  readonly judgement: Diverged | Fresh;
  /** In plain words, without a full stop. */
  readonly cause: string;
}

export type StepName =
  "create" | "stop" | "start" | "gate" | "swap" | "cleanup" | "compose" | "swarm" | "roll-back";

/** One step in the order of the plan. What is printed is what runs: the heal reports each step under the same name. */
export interface HealStep {
  readonly step: StepName;
  readonly container: string;
  /** What is done, as a phrase that begins with a verb. */
  readonly does: string;
  readonly cause: string;
}

export interface PlannedHeal {
  readonly target: HealTarget;
  readonly method: HealMethod;
  /** Nearest first. */
  readonly dependents: readonly Dependent[];
  readonly steps: readonly HealStep[];
}

export interface RefusedHeal {
  readonly target: HealTarget;
  readonly reason: string;
  /** What a person would type instead, for a POSIX shell; null where none can be named. */
  readonly remedy: string | null;
}

export interface HealPlan {
  /** In the order in which they run, one after the other. */
  readonly heals: readonly PlannedHeal[];
  /** By the container's name. */
  readonly refused: readonly RefusedHeal[];
  /** Somebody removed them since they were judged. */
  readonly gone: readonly HealTarget[];
}

export interface PlanInput {
  readonly targets: readonly HealTarget[];
  /** Of all containers, in any state. */
  readonly relations: readonly Relations[];
  readonly methodOf: (target: HealTarget) => HealMethod;
  /** Whether a replaced image is removed in the end, if nothing uses or tags it. */
  readonly cleanup: boolean;
}

/** Which containers are recreated, in which order, and what comes with each. Pure: asks nothing, changes nothing. What
 *  hangs on a target is recreated with it, so it is no heal of its own. */
export function planHeals(input: PlanInput): HealPlan {
  const { targets, relations } = input;
  const byId = new Map(relations.map((one) => [one.id, one]));
  const relationsTo = ({ judgement }: HealTarget): Relations | undefined =>
    byId.get(judgement.container.id);
  const known = targets.flatMap((target) => relationsTo(target) ?? []);
  const { order, cycles } = ordered(withDependents(known, relations));
  const targetOf = new Map(targets.map((one) => [one.judgement.container.id, one]));
  const covered = new Set<ContainerId>();
  const services = new Set<string>();
  const heals: PlannedHeal[] = [];
  for (const root of order) {
    const target = targetOf.get(root.id);
    if (target === undefined || covered.has(root.id)) continue;
    const method = input.methodOf(target);
    const service = serviceOf(target, method);
    if (service !== null && services.has(service)) continue;
    if (service !== null) services.add(service);
    const heal = planned(target, root, method, input);
    for (const { container } of heal.dependents) covered.add(container.id);
    heals.push(heal);
  }
  const gone = targets.filter((target) => relationsTo(target) === undefined);
  return { heals, refused: refusals(targets, cycles), gone };
}

/** Compose and Swarm replace all containers of a service together: they are one heal. */
function serviceOf({ judgement }: HealTarget, method: HealMethod): string | null {
  switch (method) {
    case "engine":
      return null;
    case "compose":
      return `${judgement.project ?? ""}\n${judgement.service ?? ""}`;
    case "swarm":
      return healSubjectOf(judgement.subject);
  }
}

function withDependents(
  roots: readonly Relations[],
  all: readonly Relations[],
): readonly Relations[] {
  const hanging = roots.flatMap((root) =>
    dependentsOf(root, all).map(({ container }) => container),
  );
  return [...new Set([...roots, ...hanging])];
}

/** Cycles are taken out one by one; what is left has an order. */
function ordered(containers: readonly Relations[]): {
  readonly order: readonly Relations[];
  readonly cycles: readonly (readonly string[])[];
} {
  const cycles: (readonly string[])[] = [];
  for (let left = containers; ;) {
    const ordering = healOrder(left);
    if (ordering.kind === "ordered") return { order: ordering.containers, cycles };
    const { members } = ordering;
    cycles.push(members);
    left = left.filter(({ name }) => !members.includes(name));
  }
}

function refusals(
  targets: readonly HealTarget[],
  cycles: readonly (readonly string[])[],
): readonly RefusedHeal[] {
  const nameOf = ({ judgement }: HealTarget): string => judgement.container.name;
  return targets
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .flatMap((target) => {
      const cycle = cycles.find((members) => members.includes(nameOf(target)));
      if (cycle === undefined) return [];
      const reason = `containers need each other in a circle: ${cycle.join(" → ")}`;
      return [{ target, reason, remedy: null }];
    });
}

function planned(
  target: HealTarget,
  root: Relations,
  method: HealMethod,
  input: PlanInput,
): PlannedHeal {
  const dependents = dependentsOf(root, input.relations);
  if (method !== "engine")
    return { target, method, dependents, steps: [otherStep(target, method)] };
  const { newest, running } = target.judgement;
  const steps: HealStep[] = [
    ...memberSteps(root.name, `from ${newest.tag} (${shortId(newest.id)})`, target.cause),
    ...dependents.flatMap(({ container, tie, on }) =>
      memberSteps(container.name, `joined to the new ${on.name}`, `it ${TIE_TEXT[tie]} ${on.name}`),
    ),
    {
      step: "swap",
      container: root.name,
      does: `give ${names([root, ...dependents.map(({ container }) => container)])} its name and restart policy, and remove what ran before`,
      cause: "every replacement has passed its gate",
    },
  ];
  if (input.cleanup)
    steps.push({
      step: "cleanup",
      container: root.name,
      does: `remove the image ${shortId(running.id)}, unless a container uses it or a tag names it`,
      cause: "heal.cleanup",
    });
  return { target, method, dependents, steps };
}

function names(containers: readonly Relations[]): string {
  const all = containers.map(({ name }) => name);
  return all.length === 1 ? `the new ${all.join()}` : `each of the new ${all.join(", ")}`;
}

function memberSteps(container: string, from: string, cause: string): HealStep[] {
  const step = (name: StepName, does: string): HealStep => ({ step: name, container, does, cause });
  return [
    step("create", `create a replacement of ${container} ${from}, while the old one serves`),
    step("stop", `stop ${container}`),
    step("start", `start the replacement of ${container}`),
    step("gate", `wait until it has proved that it works; if not, go back to the old ${container}`),
  ];
}

function otherStep({ judgement, cause }: HealTarget, method: "compose" | "swarm"): HealStep {
  const { container, service } = judgement;
  const does =
    method === "compose"
      ? `let Compose recreate the service ${service ?? container.name}, and watch it prove itself`
      : `let Swarm roll the service of ${container.name}, and watch its tasks`;
  return { step: method, container: container.name, does, cause };
}

const TIE_TEXT: Readonly<Record<Tie, string>> = {
  network: "joins the network of",
  ipc: "joins the IPC namespace of",
  pid: "joins the PID namespace of",
  "volumes-from": "mounts the volumes of",
  link: "is linked to",
};

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
  /** Each after all that it needs. */
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
  const groups = targets.flatMap((target) => groupOf(target, byId, relations) ?? []);
  const { order, cycles } = ordered([...new Set(groups.flatMap(membersOf))]);
  const groupAt = new Map(groups.map((group) => [group.root.id, group]));
  const covered = new Set<ContainerId>();
  const services = new Set<string>();
  const heals: PlannedHeal[] = [];
  for (const root of order) {
    const group = groupAt.get(root.id);
    if (group === undefined || covered.has(root.id) || cycleOf(group, cycles) !== null) continue;
    const method = input.methodOf(group.target);
    const service = serviceOf(group.target, method);
    if (service !== null && services.has(service)) continue;
    if (service !== null) services.add(service);
    const heal = planned(inOrder(group, order), method, input);
    for (const { container } of heal.dependents) covered.add(container.id);
    heals.push(heal);
  }
  const gone = targets.filter(({ judgement }) => !byId.has(judgement.container.id));
  return { heals, refused: refusals(groups, cycles), gone };
}

/** What is recreated together. */
interface Group {
  readonly target: HealTarget;
  readonly root: Relations;
  readonly dependents: readonly Dependent[];
}

function groupOf(
  target: HealTarget,
  byId: ReadonlyMap<ContainerId, Relations>,
  all: readonly Relations[],
): Group | null {
  const root = byId.get(target.judgement.container.id);
  return root === undefined ? null : { target, root, dependents: dependentsOf(root, all) };
}

function membersOf({ root, dependents }: Group): readonly Relations[] {
  return [root, ...dependents.map(({ container }) => container)];
}

function inOrder(group: Group, order: readonly Relations[]): Group {
  const place = ({ container }: Dependent): number => order.indexOf(container);
  return { ...group, dependents: group.dependents.toSorted((a, b) => place(a) - place(b)) };
}

type Cycle = readonly string[];

function cycleOf(group: Group, cycles: readonly Cycle[]): Cycle | null {
  const names = membersOf(group).map(({ name }) => name);
  return cycles.find((cycle) => names.some((name) => cycle.includes(name))) ?? null;
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

/** Cycles are taken out one by one; what is left has an order. */
function ordered(containers: readonly Relations[]): {
  readonly order: readonly Relations[];
  readonly cycles: readonly Cycle[];
} {
  const cycles: Cycle[] = [];
  for (let left = containers; ;) {
    const ordering = healOrder(left);
    if (ordering.kind === "ordered") return { order: ordering.containers, cycles };
    const { members } = ordering;
    cycles.push(members);
    left = left.filter(({ name }) => !members.includes(name));
  }
}

function refusals(groups: readonly Group[], cycles: readonly Cycle[]): readonly RefusedHeal[] {
  return groups
    .toSorted((a, b) => (a.root.name < b.root.name ? -1 : 1))
    .flatMap((group) => {
      const cycle = cycleOf(group, cycles);
      if (cycle === null) return [];
      const reason = `containers need each other in a circle: ${cycle.join(" → ")}`;
      return [{ target: group.target, reason, remedy: null }];
    });
}

function planned(
  { target, root, dependents }: Group,
  method: HealMethod,
  input: PlanInput,
): PlannedHeal {
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

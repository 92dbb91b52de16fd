import type { ContainerId } from "../ids.ts";

export const TIES = ["network", "ipc", "pid", "volumes-from", "link"] as const;
/** How one container hangs on another: it joins its namespace, mounts its volumes, or resolves it by a legacy link. */
export type Tie = (typeof TIES)[number];

/** What a container needs of others, by its inspect. */
export interface Relations {
  readonly id: ContainerId;
  readonly name: string;
  readonly running: boolean;
  readonly project: string | null;
  readonly service: string | null;
  /** Services of its project that Compose starts before it: the label `com.docker.compose.depends_on`. */
  readonly dependsOn: readonly string[];
  /** `on` is an ID or a name, as the engine holds it. */
  readonly ties: readonly { readonly tie: Tie; readonly on: string }[];
}

/** Compose writes `db:service_healthy:false,cache:service_started:true`. */
export function parseDependsOn(label: string): string[] {
  return label
    .split(",")
    .map((part) => part.split(":")[0]?.trim() ?? "")
    .filter((service) => service !== "");
}

export function isOn(reference: string, { id, name }: Relations): boolean {
  if (reference === name || reference === `/${name}` || reference === id) return true;
  return /^[0-9a-f]{12,}$/.test(reference) && id.startsWith(reference);
}

/** A container that has to be recreated because another one is, and why. */
export interface Dependent {
  readonly container: Relations;
  readonly tie: Tie;
  readonly on: Relations;
}

/** Everything that hangs on `root`, directly or through another dependent, each once; nearest first. A stopped one is not
 *  recreated: it is re-pointed by whoever starts it. */
export function dependentsOf(root: Relations, all: readonly Relations[]): Dependent[] {
  const members: Relations[] = [root];
  for (const on of members)
    for (const one of all)
      if (one.running && !members.includes(one) && isTied(one, on)) members.push(one);
  return members.slice(1).map((container) => strongestTie(container, members));
}

function isTied(one: Relations, on: Relations): boolean {
  return one !== on && one.ties.some(({ on: reference }) => isOn(reference, on));
}

/** A namespace before all else: who shares one has to be started anew whenever that is. */
function strongestTie(container: Relations, members: readonly Relations[]): Dependent {
  const ties = container.ties.flatMap(({ tie, on: reference }) => {
    const on = members.find((one) => one !== container && isOn(reference, one));
    return on === undefined ? [] : [{ container, tie, on }];
  });
  const [strongest] = ties.sort((a, b) => TIES.indexOf(a.tie) - TIES.indexOf(b.tie));
  if (strongest === undefined) throw new Error(`${container.name} hangs on nothing`);
  return strongest;
}

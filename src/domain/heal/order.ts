import { isOn, type Relations } from "./relations.ts";

export type Ordering =
  | { readonly kind: "ordered"; readonly containers: readonly Relations[] }
  /** The names of a cycle's members, in its order, the first one repeated at the end. */
  | { readonly kind: "cycle"; readonly members: readonly string[] };

/** The order in which containers are recreated, one after the other: whatever another one needs goes first. Ties are by
 *  name, so that the same host always gives the same plan. */
export function healOrder(containers: readonly Relations[]): Ordering {
  const sorted = containers.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const done: Relations[] = [];
  const path: Relations[] = [];
  for (const container of sorted) {
    const cycle = visit(container, sorted, done, path);
    if (cycle !== null) return { kind: "cycle", members: cycle };
  }
  return { kind: "ordered", containers: done };
}

/** Depth first; gives a cycle's members, or null. */
function visit(
  container: Relations,
  all: readonly Relations[],
  done: Relations[],
  path: Relations[],
): string[] | null {
  if (done.includes(container)) return null;
  const start = path.indexOf(container);
  if (start >= 0) return [...path.slice(start), container].map(({ name }) => name);
  path.push(container);
  for (const needed of neededBy(container, all)) {
    const cycle = visit(needed, all, done, path);
    if (cycle !== null) return cycle;
  }
  path.pop();
  done.push(container);
  return null;
}

function neededBy(container: Relations, all: readonly Relations[]): Relations[] {
  return all.filter(
    (other) =>
      other !== container &&
      (container.ties.some(({ on }) => isOn(on, other)) || isDependency(other, container)),
  );
}

function isDependency(other: Relations, of: Relations): boolean {
  return (
    other.project !== null &&
    other.project === of.project &&
    other.service !== null &&
    of.dependsOn.includes(other.service)
  );
}

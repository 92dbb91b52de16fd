/** Names of our own that a container has for the time of a heal. */
export function temporaryName(container: string, heal: string): string {
  return `${container}.stalewatch-${heal}-new`;
}

export function asideName(container: string, heal: string): string {
  return `${container}.stalewatch-${heal}-old`;
}

const OURS = /^(?<container>.+)\.stalewatch-[\w-]+-(?<role>new|old)$/;

export interface HealLeftover {
  /** NAME. */
  readonly container: string;
  readonly role: "new" | "old";
}

/** What a name of ours says, or null for any other. */
export function healLeftover(name: string): HealLeftover | null {
  const { container, role } = OURS.exec(name)?.groups ?? {};
  if (container === undefined) return null;
  return { container, role: role === "new" ? "new" : "old" };
}

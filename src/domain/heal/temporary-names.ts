/** Names of our own that a container has for the time of a heal. */
export function temporaryName(container: string, heal: string): string {
  return `${temporaryBeginning(container)}${heal}-new`;
}

export function asideName(container: string, heal: string): string {
  return `${temporaryBeginning(container)}${heal}-old`;
}

/** What all of them begin with, whatever the heal. */
export function temporaryBeginning(container: string): string {
  return `${container}.stalewatch-`;
}

const OURS = /^(?<container>.+)\.stalewatch-(?<heal>[\w-]+)-(?<role>new|old)$/;

export interface HealLeftover {
  /** NAME. */
  readonly container: string;
  /** The ID of the heal that it was made for. */
  readonly heal: string;
  readonly role: "new" | "old";
}

/** What a name of ours says, or null for any other. */
export function healLeftover(name: string): HealLeftover | null {
  const { container, heal, role } = OURS.exec(name)?.groups ?? {};
  if (container === undefined || heal === undefined) return null;
  return { container, heal, role: role === "new" ? "new" : "old" };
}

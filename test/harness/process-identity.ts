import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** A process for certain: numbers are used again, a number with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since the machine started. */
  readonly startTime: string;
}

interface Stat extends ProcessIdentity {
  readonly state: string;
  readonly parent: number;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the name in parentheses, which may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent] = fields;
  const startTime = fields[19];
  if (state === undefined || parent === undefined || startTime === undefined) return undefined;
  return { pid, state, parent: Number(parent), startTime };
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat === undefined ? undefined : { pid, startTime: stat.startTime };
}

/** A zombie counts as ended: it holds nothing any more, only its parent has not looked yet. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = statOf(identity.pid);
  return stat?.startTime === identity.startTime && stat.state !== "Z";
}

/** Also collected by its parent: no process has the number any more, not even a zombie. */
export function isGone(identity: ProcessIdentity): boolean {
  return statOf(identity.pid)?.startTime !== identity.startTime;
}

/** Kills exactly this process; one that has ended, or whose number is another's now, is left. */
export function killExactly(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (!isNoSuchProcess(error)) throw error;
  }
}

export function childrenOf(parent: number): ProcessIdentity[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined)
    .filter((stat) => stat.parent === parent && stat.state !== "Z")
    .map(({ pid, startTime }) => ({ pid, startTime }));
}

/** Which process table a number is from: a folder may outlive a boot or be another container's. */
export interface ProcessTable {
  readonly boot: string;
  readonly namespace: string;
}

export function processTable(): ProcessTable {
  return {
    boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    namespace: readlinkSync("/proc/self/ns/pid"),
  };
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}

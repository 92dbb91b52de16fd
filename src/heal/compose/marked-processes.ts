import { readdir, readFile } from "node:fs/promises";

/** The processes whose environment has the variable with this value: those that can be seen, which ours can. A process
 *  that ended and was not collected yet has none. */
export async function processesWith(variable: string, value: string): Promise<readonly number[]> {
  const wanted = `${variable}=${value}`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(pids.map((pid) => hasVariable(pid, wanted)));
  return pids.filter((_, index) => marked[index]);
}

async function hasVariable(pid: number, wanted: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").includes(wanted);
  } catch {
    // Another user's, or gone by now.
    return false;
  }
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was faster.
  }
}

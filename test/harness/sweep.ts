import { readFileSync } from "node:fs";
import { sleepSync } from "./at-exit.ts";
import { tryCommand } from "./command.ts";
import { type EngineFolder, engineFolders, namespaceInitOf, ownerOf } from "./folder.ts";
import { ownerPidOf, removeFolder } from "./folder.ts";
import { identityOf, isAlive, killExactly, processTable } from "./process-identity.ts";
import { eventually } from "./wait.ts";

/**
 * Removes what crashed runs left: the engines whose owner is dead, and nothing else. A process is
 * killed only if it is the recorded one, by number and start time; the kernel then ends the rest
 * of its namespace. Returns the folders that it removed.
 */
export async function sweep(signal?: AbortSignal): Promise<string[]> {
  const abandoned = engineFolders().filter(isAbandoned);
  for (const folder of abandoned) await removeEngine(folder, signal);
  return abandoned.map((folder) => folder.path);
}

function isAbandoned(folder: EngineFolder): boolean {
  const owner = ownerOf(folder);
  // Died before it could sign, or has only just made the folder: its name carries the number.
  if (owner === undefined) return identityOf(ownerPidOf(folder)) === undefined;
  const here = processTable();
  if (owner.table.boot !== here.boot) return true;
  // The numbers of another container's processes say nothing here: not ours to judge.
  if (owner.table.namespace !== here.namespace) return false;
  return !isAlive(owner);
}

/** Ends an engine and everything in its namespaces, then removes its folder and cgroups. */
export async function removeEngine(folder: EngineFolder, signal?: AbortSignal): Promise<void> {
  const init = namespaceInitOf(folder);
  if (init !== undefined && ownerOf(folder)?.table.boot === processTable().boot) {
    killExactly(init, "SIGKILL");
    // The kernel lets the first process of a namespace end only after all the others.
    await eventually(`${folder.path} has no process left`, () => !isAlive(init), { signal });
  }
  await unmountBelow(folder);
  await eventually(`${folder.path} can be removed`, () => isRemoved(folder), { signal });
}

/** The same at the exit of this process, where only synchronous work is done. */
export function removeEngineSync(folder: EngineFolder): void {
  const init = namespaceInitOf(folder);
  if (init !== undefined) killExactly(init, "SIGKILL");
  const deadline = Date.now() + 10_000;
  while (init !== undefined && isAlive(init) && Date.now() < deadline) sleepSync(5);
  for (;;) {
    try {
      removeFolder(folder);
      return;
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      sleepSync(5);
    }
  }
}

function isRemoved(folder: EngineFolder): true {
  removeFolder(folder);
  return true;
}

/** An engine's mounts are in its own namespace and end with it; this is for one that leaked. */
async function unmountBelow(folder: EngineFolder): Promise<void> {
  const below = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((target) => target.startsWith(`${folder.path}/`))
    .reverse();
  for (const target of below) await tryCommand("umount", ["--lazy", target]);
}

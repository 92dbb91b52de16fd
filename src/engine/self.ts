import { readFile } from "node:fs/promises";
import { containerId, type ContainerId } from "../domain/ids.ts";

/** In a container, the engine binds these files from a folder that carries the container's ID. */
const BOUND =
  /\/(?:overlay-)?containers\/([0-9a-f]{64})\/\S* \/etc\/(?:hostname|hosts|resolv\.conf) /;

export function containerInMounts(mountinfo: string): ContainerId | null {
  const id = BOUND.exec(mountinfo)?.[1];
  return id === undefined ? null : containerId(id);
}

/** The container that this process runs in, or null on a host or where it cannot be told. */
export async function ownContainer(): Promise<ContainerId | null> {
  try {
    return containerInMounts(await readFile("/proc/self/mountinfo", "utf8"));
  } catch {
    return null;
  }
}

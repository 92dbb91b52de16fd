import { setTimeout as sleep } from "node:timers/promises";
import { isStalewatchError, messageOf } from "../domain/error.ts";
import { takeLock, type DaemonLock } from "../state/lock.ts";
import { note } from "./context.ts";

const AGAIN = 500;
/** A heal with a slow health check takes minutes; one that takes longer is looked into. */
const PATIENCE = 15 * 60_000;

/** One process at a time acts on containers: waits for the daemon's heal, or another command's, to end. */
export async function withHealLock<T>(
  directory: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await patientLock(directory, signal);
  try {
    return await work();
  } finally {
    lock?.release();
  }
}

async function patientLock(directory: string, signal: AbortSignal): Promise<DaemonLock | null> {
  const deadline = Date.now() + PATIENCE;
  for (let told = false; ; told = true) {
    try {
      const owner = { pid: process.pid, since: Date.now(), command: "heal" };
      return takeLock(directory, owner, "heal");
    } catch (error) {
      if (!isStalewatchError(error, "STATE_LOCKED") || Date.now() >= deadline) throw error;
      if (!told) note(`waiting for another heal: ${messageOf(error)}`);
      await sleep(AGAIN, undefined, { signal });
    }
  }
}

import { lookAt } from "./look.ts";
import { messageOf } from "../domain/error.ts";
import type { DependentSeed } from "../domain/heal/record.ts";
import type { ContainerId, Milliseconds } from "../domain/ids.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts, HealClock } from "./acts.ts";

/** What keeps a container from starting may pass: a port that is still being given back, a network driver at work. */
const PATIENCE: Milliseconds = 15_000;
const AGAIN: Milliseconds = 1000;

export type Start =
  | { readonly kind: "started"; readonly atOnce: boolean }
  | { readonly kind: "refused"; readonly reason: string };

/** Starts it, or says why the engine does not. */
export async function startPatiently(
  id: ContainerId,
  acts: Acts,
  clock: HealClock,
): Promise<Start> {
  const deadline = clock.now() + PATIENCE;
  for (let atOnce = true; ; atOnce = false) {
    try {
      await acts.ensureStarted(id);
      return { kind: "started", atOnce };
    } catch (error) {
      if (statusOf(error) === null) throw error;
      if (clock.now() >= deadline || (await acts.look(id)) === null)
        return { kind: "refused", reason: messageOf(error) };
    }
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

/** Where the namespace of another container was stopped and started, only a start anew brings its sharers back into it:
 *  they keep `lo` alone, or were stopped with it. What cannot be brought back is told, one phrase each: it keeps nobody
 *  else from coming back. */
export async function restartDependents(
  dependents: readonly { readonly id: ContainerId; readonly name: string; readonly tie: Tie }[],
  acts: Acts,
  clock: HealClock,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { id, name, tie } of dependents) {
    if (SHARES_NAMESPACE.has(tie)) await acts.ensureStopped(id);
    const start = await startPatiently(id, acts, clock);
    if (start.kind === "started") continue;
    const state = (await acts.look(id)) === null ? "gone" : `down: ${start.reason}`;
    faults.push(`${name}, which hangs on it, is ${state}`);
  }
  return faults;
}

type Tie = DependentSeed["tie"];

/** Ties through which the stop of the one stops the other, or leaves it without its network. */
export const SHARES_NAMESPACE: ReadonlySet<Tie> = new Set(["network", "ipc", "pid"]);

/** The containers that hung on the old one, to be brought back to it. */
export function oldDependents(
  seeds: readonly DependentSeed[],
): Parameters<typeof restartDependents>[0] {
  return seeds.map(({ old, tie }) => {
    const { id, name } = lookAt(old);
    return { id, name, tie };
  });
}

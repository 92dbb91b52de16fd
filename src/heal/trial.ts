import type { ContainerId } from "../domain/ids.ts";
import {
  gateStep,
  type GateAnswer,
  type GateLimits,
  type GateProgress,
} from "../domain/heal/gate.ts";
import type { Acts, HealClock } from "./acts.ts";

/** The longest wait between two looks: events would wake it up sooner, the look judges. */
const LOOK_EVERY = 500;

export type TrialEnd = Exclude<GateAnswer, { kind: "wait" }>;

/** Puts a started container on trial until it has passed or failed. An abort rejects: the trial begins anew then. */
export async function trial(
  id: ContainerId,
  limits: GateLimits,
  { acts, clock }: { readonly acts: Acts; readonly clock: HealClock },
  signal: AbortSignal,
): Promise<TrialEnd> {
  const first = await acts.look(id);
  let progress: GateProgress = {
    began: clock.now(),
    startedAt: first?.gate.startedAt ?? "",
    goodSince: null,
  };
  for (;;) {
    signal.throwIfAborted();
    const answer = gateStep((await acts.look(id))?.gate ?? null, progress, limits, clock.now());
    if (answer.kind !== "wait") return answer;
    progress = answer.progress;
    await clock.sleep(Math.min(LOOK_EVERY, Math.max(1, answer.again - clock.now())), signal);
  }
}

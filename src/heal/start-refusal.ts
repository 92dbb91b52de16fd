import { messageOf } from "../domain/error.ts";
import type { ContainerId } from "../domain/ids.ts";
import { statusOf } from "../engine/call.ts";
import type { Acts } from "./acts.ts";

/** The engine's own word that it will not start a container. */
export interface StartRefusal {
  /** HTTP. */
  readonly status: number;
  readonly reason: string;
}

/** Starts a container; null when it is started. Throws what is no refusal: the engine gave no answer. */
export async function startRefusal(id: ContainerId, acts: Acts): Promise<StartRefusal | null> {
  try {
    await acts.ensureStarted(id);
    return null;
  } catch (error) {
    const status = statusOf(error);
    if (status === null) throw error;
    return { status, reason: messageOf(error) };
  }
}

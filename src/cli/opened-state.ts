import { join } from "node:path";
import { isStalewatchError, messageOf, StalewatchError } from "../domain/error.ts";
import type { State } from "../state/state.ts";
import { isThere } from "../state/unusable.ts";

/** The daemon's state for a command that needs it. Never made here: a look must not leave a directory behind. */
export async function openState(directory: string): Promise<State> {
  if (!isThere(directory))
    throw new StalewatchError("STATE_MISSING", `there is no state directory ${directory}`, {
      hint: "start the daemon once (`stalewatch run`), or name its directory in state or STALEWATCH_STATE",
    });
  const { State: Opened } = await import("../state/state.ts");
  return new Opened({ directory, mayReplace: false, now: () => new Date() });
}

/** null where nothing was ever remembered. */
export async function openStateIfThere(directory: string): Promise<State | null> {
  return isThere(join(directory, "stalewatch.db")) ? openState(directory) : null;
}

/** The state, or why there is none and what to do: for commands that can do without. */
export async function openStateIfUsable(
  directory: string,
): Promise<
  | { readonly state: State }
  | { readonly state: null; readonly why: string; readonly hint: string | null }
> {
  try {
    const state = await openStateIfThere(directory);
    if (state !== null) return { state };
    return { state: null, why: `there is no state in ${directory} yet`, hint: null };
  } catch (error) {
    if (!isStalewatchError(error)) throw error;
    return { state: null, why: messageOf(error), hint: error.hint };
  }
}

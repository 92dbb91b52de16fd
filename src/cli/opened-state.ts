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

/** The state, or why there is none and what to do: for commands that can do without. */
export async function openStateIfUsable(
  directory: string,
): Promise<
  | { readonly state: State }
  | { readonly state: null; readonly why: string; readonly hint: string | null }
> {
  try {
    if (isThere(join(directory, "stalewatch.db"))) return { state: await openState(directory) };
    return { state: null, why: `there is no state in ${directory} yet`, hint: null };
  } catch (error) {
    if (!isStalewatchError(error)) throw error;
    return { state: null, why: messageOf(error), hint: error.hint };
  }
}

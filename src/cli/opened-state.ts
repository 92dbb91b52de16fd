import { existsSync } from "node:fs";
import { join } from "node:path";
import { isStalewatchError, messageOf, StalewatchError } from "../domain/error.ts";
import type { State } from "../state/state.ts";

/** The daemon's state for a command that needs it. Never made here: a look must not leave a directory behind. */
export async function openState(directory: string): Promise<State> {
  if (!existsSync(directory))
    throw new StalewatchError("STATE_MISSING", `there is no state directory ${directory}`, {
      hint: "start the daemon once (`stalewatch run`), or name its directory in state or STALEWATCH_STATE",
    });
  const { State: Opened } = await import("../state/state.ts");
  return new Opened({ directory, mayReplace: false, now: () => new Date() });
}

/** The state, or why there is none: for commands that can do without. */
export async function openStateIfUsable(
  directory: string,
): Promise<{ readonly state: State } | { readonly state: null; readonly why: string }> {
  if (!existsSync(join(directory, "stalewatch.db")))
    return { state: null, why: `there is no state in ${directory} yet` };
  try {
    return { state: await openState(directory) };
  } catch (error) {
    if (!isStalewatchError(error)) throw error;
    return { state: null, why: messageOf(error) };
  }
}

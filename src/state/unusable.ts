import { statSync } from "node:fs";
import { messageOf, StalewatchError } from "../domain/error.ts";

export function unusable(path: string, cause: unknown): StalewatchError {
  if (cause instanceof StalewatchError) return cause;
  return new StalewatchError("STATE_UNUSABLE", `cannot use ${path}: ${messageOf(cause)}`, {
    hint: "run as root or as a member of the group that owns the directory, usually docker; see also `df` and `mount`",
    cause,
  });
}

/** Whether there is such a file or directory. Throws where one may not look, which is neither yes nor no. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unusable(path, error);
  }
}

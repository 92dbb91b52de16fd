import { messageOf, StalewatchError } from "../domain/error.ts";
import { CURRENT_VERSION, openToRead, versionOf } from "./sqlite.ts";

/** Before anything is written: a newer program's file stays as it is. */
export function refuseNewer(path: string): void {
  const file = openToRead(path);
  const version = file === null ? 0 : versionOf(file);
  file?.close();
  if (version <= CURRENT_VERSION) return;
  throw new StalewatchError(
    "STATE_NEWER",
    `${path} was written by a newer stalewatch (its version ${version}, this one knows ${CURRENT_VERSION})`,
    {
      hint: "install that stalewatch again, or move the file away: its incidents and holds are then forgotten",
    },
  );
}

export function corrupt(path: string, cause: unknown): StalewatchError {
  return new StalewatchError("STATE_CORRUPT", `${path} is damaged: ${messageOf(cause)}`, {
    hint: "the daemon sets it aside and starts a new one at its next start (`systemctl restart stalewatch`)",
    cause,
  });
}

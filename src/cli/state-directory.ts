import { chmodSync, chownSync, existsSync, statSync } from "node:fs";
import type { Settings } from "../config/settings.ts";
import { makeFolder } from "../state/make-folder.ts";

/** Readable and writable for the group: whoever may use the engine may use the state, and is root-equivalent anyway. */
const DIRECTORY_MODE = 0o2770;

/** Makes the state directory where there is none yet; throws where it cannot be made. */
export function makeStateDirectory({ state: directory, engine }: Settings): void {
  if (existsSync(directory)) return;
  makeFolder(directory);
  if (engine.address.kind === "unix") shareWithGroupOf(engine.address.path, directory);
  chmodSync(directory, DIRECTORY_MODE);
}

/** The socket's group is the one that may use the engine, usually docker. Only root can give a directory away. */
function shareWithGroupOf(socket: string, directory: string): void {
  if (process.getuid?.() !== 0 || !existsSync(socket)) return;
  chownSync(directory, 0, statSync(socket).gid);
}

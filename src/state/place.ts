import { chmodSync, chownSync, statSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Where a file was when it was opened, and what its directory was like. */
export interface Place {
  readonly path: string;
  readonly inode: string;
  readonly directory: Pick<Stats, "mode" | "uid" | "gid">;
}

export function placeOf(path: string): Place {
  const { mode, uid, gid } = statSync(dirname(path));
  return { path, inode: inodeOf(statSync(path)), directory: { mode, uid, gid } };
}

/** False when the file is certainly gone, or another one is in its place. Costs one `stat`. An inode that is held open
 *  is not given to another file. */
export function isInPlace({ path, inode }: Place): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && inodeOf(found) === inode;
  } catch {
    return true;
  }
}

function inodeOf({ dev, ino }: Stats): string {
  return `${dev}.${ino}`;
}

/** The directory as it was, where it is gone: with the group that may use it. */
export function makeDirectoryAgain({ path, directory: { mode, uid, gid } }: Place): void {
  if (!makeFolder(dirname(path))) return;
  if (process.getuid?.() === 0) chownSync(dirname(path), uid, gid);
  chmodSync(dirname(path), mode & 0o7777);
}

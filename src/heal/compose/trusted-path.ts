import { lstat, readlink } from "node:fs/promises";
import type { Stats } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

export type PathAnswer =
  /** `path` is the real one. */
  | { readonly kind: "trusted"; readonly path: string }
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
/** As the kernel counts. */
const MOST_LINKS = 40;

/** Follows a path step by step, symbolic links too. What decides what runs as root must be nobody else's to change, so
 *  neither it nor any folder on the way may be writable by a group or by others. A folder on the way may be if it is
 *  sticky, as /tmp is: there nobody can put another entry in the place of this one. */
export async function trustedPath(path: string, kind: "file" | "folder"): Promise<PathAnswer> {
  const ahead = stepsOf(path);
  let links = 0;
  let at = "/";
  for (let step = ahead.shift(); step !== undefined; step = ahead.shift()) {
    const next = step === ".." ? dirname(at) : join(at, step);
    const stats = await lstat(next).catch(() => null);
    if (stats === null) return absent(path);
    if (stats.isSymbolicLink()) {
      if (++links > MOST_LINKS) return refused(`${path} leads round in a circle`);
      const target = await readlink(next);
      if (isAbsolute(target)) at = "/";
      ahead.unshift(...stepsOf(target));
      continue;
    }
    const isLast = ahead.length === 0;
    const doubt = isLast ? lastDoubt(next, stats, kind) : folderDoubt(next, stats);
    if (doubt !== null) return refused(doubt);
    at = next;
  }
  return { kind: "trusted", path: at };
}

function stepsOf(path: string): string[] {
  return path.split("/").filter((step) => step !== "" && step !== ".");
}

function absent(path: string): PathAnswer {
  return { kind: "absent", reason: `${path} is not there` };
}

function refused(reason: string): PathAnswer {
  return { kind: "refused", reason };
}

function lastDoubt(path: string, stats: Stats, kind: "file" | "folder"): string | null {
  const isRight = kind === "file" ? stats.isFile() : stats.isDirectory();
  if (!isRight) return `${path} is not a ${kind === "file" ? "regular file" : "folder"}`;
  return (stats.mode & OTHERS_WRITE) === 0 ? null : writable(path);
}

function folderDoubt(path: string, { mode }: Stats): string | null {
  return (mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0 ? null : writable(path);
}

function writable(path: string): string {
  return `${path} is writable by its group or by others (chmod go-w)`;
}

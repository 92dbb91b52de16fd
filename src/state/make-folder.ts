import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a folder and those above it, where it is not there yet, and says whether it has. Like `mkdirSync` with `recursive`,
 *  which below /proc never returns. Throws what the system says against it. */
export function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isFolder(path)) return false;
    const above = dirname(path);
    // Where that is there, something else is wrong.
    if (above === path || existsSync(above)) throw error;
    makeFolder(above);
    mkdirSync(path);
    return true;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

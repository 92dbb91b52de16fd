import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");

/** vitest's globalSetup: the program as it is shipped. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, "tools/build.ts")], { cwd: ROOT });
}

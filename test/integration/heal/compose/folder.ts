import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export interface Folder {
  readonly path: string;
  /** Gives the file's path. */
  write(name: string, text: string, mode?: number): string;
}

/** A folder of the test's own, which nobody else may write in. Its path is the real one. */
export function folderForTest(): Folder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "stalewatch-compose-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return {
    path,
    write(name, text, mode = 0o644) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      writeFileSync(file, text);
      chmodSync(file, mode);
      return file;
    },
  };
}

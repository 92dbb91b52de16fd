import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** As the container's own user is called inside; deploy/Dockerfile says the same number. */
const ACCOUNTS = {
  "etc/passwd": "stalewatch:x:65532:65532:stalewatch:/var/lib/stalewatch:/sbin/nologin\n",
  "etc/group": "stalewatch:x:65532:\n",
};

/** Puts the whole of an image into `folder`: the executable, and the libraries of this machine that it is linked with. */
export function layOutImage(folder: string, executable: string): void {
  const put = (from: string, path: string): void => {
    const place = join(folder, "root", path);
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(from, place);
  };
  put(executable, "usr/bin/stalewatch");
  for (const library of librariesOf(executable)) put(realpathSync(library), library);
  for (const [path, content] of Object.entries(ACCOUNTS)) {
    const place = join(folder, "root", path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
  // Copied with its owner, so that a new volume there belongs to the user.
  mkdirSync(join(folder, "state"));
}

/** By the paths at which the executable looks for them, the loader's own included. */
function librariesOf(executable: string): readonly string[] {
  const listed = execFileSync("ldd", [executable], { encoding: "utf8" });
  return Array.from(listed.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm), ([, path = ""]) => path);
}

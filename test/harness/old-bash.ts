import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findOnPath, runCommand, tryCommand } from "./command.ts";
import { packageCache } from "./packages.ts";
import { wholeFolder } from "./whole-folder.ts";

/** The oldest Bash 4 that an archive still has in its place, and the library that it loads. Neither is Debian's any more. */
const PARTS = [
  [
    "bash/bash_4.3-14ubuntu1_amd64.deb",
    "532f8a3070a655c5738cfa3d9d5e6674f1e6e687e5d3be8e5b6bbbcd7a23ccc7",
  ],
  [
    "ncurses/libtinfo5_6.1-1ubuntu1_amd64.deb",
    "450bf945387029bee91d8eea76deacb8df907a1f6641fbce388933d1fdfb5a0d",
  ],
] as const;

const POOL = "http://archive.ubuntu.com/ubuntu/pool/main";
/** Comes with apt, and goes through whatever proxy that is configured for. */
const FETCH = "/usr/lib/apt/apt-helper";
const LOADER = "/lib64/ld-linux-x86-64.so.2";

/** A folder for PATH whose only program is `bash` 4.3; null where it is not to be had: on another machine than a PC with
 *  apt, or without that archive. */
export async function oldBash(): Promise<string | null> {
  if (![FETCH, LOADER].every(existsSync) || findOnPath("dpkg-deb") === undefined) return null;
  const place = join(packageCache(), "bash-4.3-1");
  const isWhole = (folder: string): boolean => existsSync(binIn(folder));
  const fill = (folder: string): Promise<void> => fetchInto(folder, place);
  return (await wholeFolder({ place, isWhole, fill })) ? binIn(place) : null;
}

/** Leaves it without its `bash` where an archive is not to be had. */
async function fetchInto(folder: string, place: string): Promise<void> {
  for (const [path, sum] of PARTS) {
    const archive = join(folder, "archive.deb");
    const url = `${POOL}/${path.slice(0, 1)}/${path}`;
    const args = ["download-file", url, archive, `SHA256:${sum}`];
    if ((await tryCommand(FETCH, args, { timeoutMs: 60_000 })).code !== 0) return;
    await runCommand("dpkg-deb", ["-x", archive, folder]);
    rmSync(archive);
  }
  putInFront(folder, place);
}

function binIn(folder: string): string {
  return join(folder, "path");
}

/** Its library is for it alone, not for what it starts. */
function putInFront(folder: string, place: string): void {
  const bin = binIn(folder);
  mkdirSync(bin);
  const command = `exec ${LOADER} --library-path '${place}/lib/x86_64-linux-gnu' '${place}/bin/bash' "$@"`;
  writeFileSync(join(bin, "bash"), `#!/bin/sh\n${command}\n`);
  chmodSync(join(bin, "bash"), 0o755);
}

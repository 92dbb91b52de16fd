import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { findOnPath, runCommand, tryCommand } from "./command.ts";
import { packageCache } from "./packages.ts";

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
  const bin = join(place, "path");
  if (existsSync(bin)) return bin;
  const aside = `${place}.${String(process.pid)}`;
  const discard = (): void => {
    rmSync(aside, { recursive: true, force: true });
  };
  mkdirSync(aside, { recursive: true });
  const takeBack = cleanUpAtExit(discard);
  try {
    for (const [path, sum] of PARTS) {
      const archive = join(aside, "archive.deb");
      const args = [
        "download-file",
        `${POOL}/${path.slice(0, 1)}/${path}`,
        archive,
        `SHA256:${sum}`,
      ];
      if ((await tryCommand(FETCH, args, { timeoutMs: 60_000 })).code !== 0) return null;
      await runCommand("dpkg-deb", ["-x", archive, aside]);
      rmSync(archive);
    }
    putInFront(aside, place);
    try {
      renameSync(aside, place);
    } catch (error) {
      // Another process may have been faster.
      if (!existsSync(bin)) throw error;
    }
  } finally {
    discard();
    takeBack();
  }
  return bin;
}

/** Its library is for it alone, not for what it starts. */
function putInFront(aside: string, place: string): void {
  const bin = join(aside, "path");
  mkdirSync(bin);
  const command = `exec ${LOADER} --library-path '${place}/lib/x86_64-linux-gnu' '${place}/bin/bash' "$@"`;
  writeFileSync(join(bin, "bash"), `#!/bin/sh\n${command}\n`);
  chmodSync(join(bin, "bash"), 0o755);
}

import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand, searchPath } from "./command.ts";
import { HarnessError } from "./harness-error.ts";
import type { PackageSet } from "./packages.ts";

export const BUSYBOX: PackageSet = {
  name: "busybox-1",
  roots: ["busybox-static"],
  what: "a static busybox",
  versionOf: "busybox-static",
  otherwise: "install a statically linked busybox",
  complete: async (folder) => {
    await runCommand(programIn(folder, "busybox"), ["true"]);
  },
};

/** With a busybox, so that apt's lists are read only once. */
export const ENGINE: PackageSet = {
  name: "engine-1",
  roots: ["docker.io", "containerd", "runc", "iptables", "busybox-static"],
  what: "Docker Engine",
  versionOf: "docker.io",
  otherwise: "install Docker Engine",
  complete: async (folder) => {
    linkIptables(folder);
    const env = Object.entries(packageEnv(folder)).map(([name, value]) => `${name}=${value}`);
    for (const name of ["dockerd", "containerd", "runc", "docker-init", "iptables"]) {
      await runCommand("env", [...env, programIn(folder, name), "--version"]);
    }
  },
};

/** Debian chooses between two iptables with links that are not in the package. */
function linkIptables(folder: string): void {
  mkdirSync(join(folder, "bin"));
  for (const tool of ["iptables", "ip6tables"]) {
    for (const name of [tool, `${tool}-save`, `${tool}-restore`]) {
      symlinkSync("../root/usr/sbin/xtables-nft-multi", join(folder, "bin", name));
    }
  }
}

/** What makes unpacked programs find each other and their libraries before the machine's. */
export function packageEnv(folder: string): Record<string, string> {
  const libraries = ["root/lib", "root/usr/lib"].flatMap((place) =>
    librariesIn(join(folder, place)),
  );
  return {
    PATH: [...programFolders(folder), searchPath()].join(delimiter),
    LD_LIBRARY_PATH: libraries.join(delimiter),
    XTABLES_LIBDIR: libraries.map((place) => join(place, "xtables")).join(delimiter),
  };
}

export function programIn(folder: string, name: string): string {
  const path = programFolders(folder)
    .map((place) => join(place, name))
    .find((candidate) => existsSync(candidate));
  if (path !== undefined) return path;
  throw new HarnessError(`the packages in ${folder} hold no ${name}`);
}

/** Older Debians still have /bin and /sbin apart. */
function programFolders(folder: string): string[] {
  const places = ["bin", "root/usr/bin", "root/usr/sbin", "root/bin", "root/sbin"];
  return places.map((place) => join(folder, place));
}

/** Such as usr/lib/x86_64-linux-gnu. */
function librariesIn(place: string): string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.includes("-linux-gnu"))
    .map((name) => join(place, name));
}

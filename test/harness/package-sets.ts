import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand, searchPath } from "./command.ts";
import type { Suite } from "./debian-mirror.ts";
import { HarnessError, NAME_AN_ENGINE } from "./harness-error.ts";
import { librariesOf, loadedFrom } from "./package-loader.ts";
import type { PackageSet } from "./packages.ts";

export const BUSYBOX: PackageSet = {
  name: "busybox-1",
  roots: ["busybox-static"],
  what: "a static busybox",
  versionOf: "busybox-static",
  otherwise: `install a statically linked busybox, ${NAME_AN_ENGINE}`,
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
  otherwise: `install Docker Engine, ${NAME_AN_ENGINE}`,
  complete: async (folder) => {
    linkIptables(folder);
    const env = Object.entries(packageEnv(folder)).map(([name, value]) => `${name}=${value}`);
    for (const name of ["dockerd", "containerd", "runc", "docker-init", "iptables"]) {
      await runCommand("env", [...env, programIn(folder, name), "--version"]);
    }
  },
};

/** The newer ones bring their own C library, and are laid over the machine's /usr as a whole. */
export const ENGINES: Readonly<Record<"20.10" | "26.1" | "28.5", PackageSet>> = {
  "20.10": { ...ENGINE, suite: "bookworm" },
  "26.1": wholeOf("engine-26.1-1", "trixie", ENGINE, ["dockerd", "containerd", "runc"]),
  "28.5": wholeOf("engine-28.5-1", "sid", ENGINE, ["dockerd", "containerd", "runc"]),
};

const PODMAN_ROOTS = ["podman", "crun", "conmon", "netavark", "aardvark-dns", "catatonit"];

export const PODMAN: PackageSet = wholeOf(
  "podman-4.3-1",
  "bookworm",
  { roots: [...PODMAN_ROOTS, "iptables", "busybox-static"], what: "Podman", versionOf: "podman" },
  ["podman", "crun", "conmon"],
);

function wholeOf(
  name: string,
  suite: Suite,
  of: Pick<PackageSet, "roots" | "what" | "versionOf">,
  programs: readonly string[],
): PackageSet {
  return {
    ...of,
    name,
    suite,
    selfContained: true,
    otherwise: `run these tests on a Debian, ${NAME_AN_ENGINE}`,
    complete: async (folder) => {
      linkIptables(folder);
      for (const program of [...programs, "iptables"]) {
        const [loader = "", ...args] = loadedFrom(folder, programIn(folder, program), "--version");
        await runCommand(loader, args);
      }
    },
  };
}

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
  const libraries = librariesOf(folder);
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

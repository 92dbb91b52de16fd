import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findOnPath, runCommand } from "./command.ts";
import { packageEnv } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const CHROMIUM: PackageSet = {
  name: "chromium-2",
  roots: ["chromium", "chromium-common", "fonts-dejavu-core", "fonts-liberation"],
  what: "Chromium",
  versionOf: "chromium",
  otherwise: "install Chromium",
  complete: async (folder) => {
    writeFileSync(join(folder, FONTS), FONT_CONFIGURATION);
    const { executable, env } = unpacked(folder);
    await runCommand(executable, ["--version"], { env: { ...process.env, ...env } });
  },
};

const FONTS = "fonts.conf";
/** Pages look the same on every machine: as good as everywhere, Arial is what they get. */
const FONT_CONFIGURATION = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  ${alias("Arial", "Liberation Sans")}
  ${alias("sans-serif", "Liberation Sans")}
  ${alias("monospace", "DejaVu Sans Mono")}
</fontconfig>
`;

function alias(family: string, meant: string): string {
  return `<alias binding="same"><family>${family}</family><prefer><family>${meant}</family></prefer></alias>`;
}

/** A browser, and what its process needs around it. */
export interface Browser {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The machine's, or else Debian's, unpacked and not installed. */
export async function chromium(options: FetchOptions = {}): Promise<Browser> {
  const own = NAMES.map(findOnPath).find((path) => path !== undefined);
  if (own !== undefined) return { executable: own, env: {} };
  return unpacked(await unpackedPackages(CHROMIUM, options));
}

function unpacked(folder: string): Browser {
  const env = packageEnv(folder);
  const libraries = (env["LD_LIBRARY_PATH"] ?? "").split(delimiter);
  // PulseAudio keeps a library of its own in a folder of its own.
  const LD_LIBRARY_PATH = [
    ...libraries,
    ...libraries.map((place) => join(place, "pulseaudio")),
  ].join(delimiter);
  return {
    // Debian's `chromium` in /usr/bin is a script that looks for itself in the root folder.
    executable: join(folder, "root/usr/lib/chromium/chromium"),
    env: {
      ...env,
      LD_LIBRARY_PATH,
      FONTCONFIG_FILE: join(folder, FONTS),
      XDG_CACHE_HOME: join(folder, "cache"),
    },
  };
}

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { privateApt, type PrivateApt, resolvePackages, withParts } from "./apt.ts";
import { findOnPath, runCommand } from "./command.ts";
import type { Suite } from "./debian-mirror.ts";
import { HarnessError } from "./harness-error.ts";
import { wholeFolder } from "./whole-folder.ts";

export interface PackageSet {
  /** The folder's name in the cache. Another one where `roots` or the unpacking change. */
  readonly name: string;
  readonly roots: readonly string[];
  /** The release of Debian that it is from. Default: this machine's own sources. */
  readonly suite?: Suite | undefined;
  /** Takes all that it depends on, the C library included. Default: only what it loads or starts. */
  readonly selfContained?: boolean | undefined;
  /** What it is, for the one who waits. */
  readonly what: string;
  /** The package whose version is that of the whole. */
  readonly versionOf: string;
  /** What a person without apt-get does instead, as a hint. */
  readonly otherwise: string;
  /** Last touches and proof that what was unpacked works, before it counts as complete. */
  complete(folder: string): Promise<void>;
}

export interface FetchOptions {
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The folder in which a set lies unpacked, where it has been fetched before. */
export function unpackedBefore(set: PackageSet): string | undefined {
  const place = join(cacheFolder(set), set.name);
  return isComplete(place) ? place : undefined;
}

/** The folder in which a set lies unpacked; fetches them where they do not yet. */
export async function unpackedPackages(set: PackageSet, options: FetchOptions): Promise<string> {
  const place = join(cacheFolder(set), set.name);
  const fill = (folder: string): Promise<void> => fetchInto(folder, set, options);
  await wholeFolder({ place, isWhole: isComplete, fill });
  return place;
}

async function fetchInto(folder: string, set: PackageSet, options: FetchOptions): Promise<void> {
  const { onProgress, signal } = options;
  if (findOnPath("apt-get") === undefined || findOnPath("dpkg-deb") === undefined) {
    throw new HarnessError(`this machine has neither ${set.what} nor an apt-get to fetch it`, {
      hint: set.otherwise,
    });
  }
  const apt = await privateApt(join(folder, "apt"), set.suite, signal);
  onProgress?.("reading Debian's package lists");
  const versions = await resolvePackages(apt, set.roots);
  const version = /^(?:\d+:)?(\d+\.\d+)/.exec(versions.get(set.versionOf) ?? "")?.[1] ?? "";
  onProgress?.(`fetching ${set.what} ${version} from Debian's packages`);
  const archives = await download(folder, apt, set, versions);
  onProgress?.("unpacking");
  const root = join(folder, "root");
  for (const archive of archives) await runCommand("dpkg-deb", ["-x", archive, root], { signal });
  for (const done of ["apt", "archives"]) rmSync(join(folder, done), { recursive: true });
  await set.complete(folder);
  writeFileSync(join(folder, "complete.json"), JSON.stringify(Object.fromEntries(versions)));
}

async function download(
  folder: string,
  apt: PrivateApt,
  { roots, selfContained }: PackageSet,
  versions: ReadonlyMap<string, string>,
): Promise<string[]> {
  const archives = join(folder, "archives");
  mkdirSync(archives);
  const names = selfContained === true ? [...versions.keys()] : await withParts(apt, roots);
  const wanted = names
    .map((name) => ({ name, version: versions.get(name) }))
    .flatMap(({ name, version }) => (version === undefined ? [] : [`${name}=${version}`]));
  const result = await apt.run("apt-get", ["download", "--quiet", ...wanted], archives);
  if (result.code !== 0) {
    throw new HarnessError(`apt-get cannot download the packages: ${result.stderr.trim()}`);
  }
  return readdirSync(archives).map((name) => join(archives, name));
}

function cacheFolder(of: PackageSet): string {
  return join(packageCache(), `${of.suite ?? ownSuite()}-${process.arch}`);
}

/** Where everything that was fetched lies, from run to run. */
export function packageCache(): string {
  // Set but empty means the same as not set, says the specification of the variable.
  const given = process.env["XDG_CACHE_HOME"] ?? "";
  const base = given === "" ? join(homedir(), ".cache") : given;
  return join(base, "stalewatch", "engine");
}

function ownSuite(): string {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return /^VERSION_CODENAME="?([\w.-]+)/m.exec(release)?.[1] ?? "unknown";
}

function isComplete(place: string): boolean {
  return existsSync(join(place, "complete.json"));
}

// The packaged Node needs libatomic.so.1, which a minimal Debian lacks. It is unpacked beside the other
// packages, and nothing of the machine is changed: apt works in folders of its own here.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGE = "libatomic1";

/**
 * Unpacks the library into `folder`.
 * @param {string} folder
 * @returns {string | null} what went wrong, or null
 */
export function unpackLibatomic(folder) {
  const work = mkdtempSync(join(tmpdir(), "stalewatch-libatomic-"));
  try {
    const apt = privateApt(work);
    return (
      failureOf("apt-get", [...apt, "update"], work) ??
      failureOf("apt-get", [...apt, "download", PACKAGE], work) ??
      unpack(work, folder)
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where the library is within `folder`, for LD_LIBRARY_PATH. @param {string} folder */
export function libraryPathIn(folder) {
  const base = join(folder, "usr/lib");
  if (!existsSync(base)) return null;
  return readdirSync(base).map((triplet) => join(base, triplet))[0] ?? null;
}

/** @param {string} work */
function privateApt(work) {
  for (const path of ["lists/partial", "cache/archives/partial"])
    mkdirSync(join(work, path), { recursive: true });
  const settings = {
    "Dir::State::lists": join(work, "lists"),
    "Dir::Cache": join(work, "cache"),
    "APT::Sandbox::User": "root",
  };
  return ["-qq", ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`])];
}

/** @param {string} work @param {string} folder */
function unpack(work, folder) {
  const archive = readdirSync(work).find((name) => name.endsWith(".deb"));
  if (archive === undefined) return `apt-get downloaded no ${PACKAGE}`;
  return failureOf("dpkg-deb", ["-x", join(work, archive), folder], work);
}

/** @param {string} program @param {string[]} args @param {string} cwd */
function failureOf(program, args, cwd) {
  const end = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (end.status === 0) return null;
  return `${program}: ${(end.stderr ?? "").trim() || (end.error?.message ?? `exit code ${end.status}`)}`;
}

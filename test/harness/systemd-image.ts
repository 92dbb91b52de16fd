import { createReadStream, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runCommand, searchPath } from "./command.ts";
import { sourceOf } from "./debian-mirror.ts";
import { type EngineConnection, TEST_LABEL } from "./engine.ts";
import { programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";

/** What a host has that runs Docker under systemd, and the libraries that Node needs. */
const INSTALLED = "systemd systemd-sysv dbus docker.io iptables ca-certificates".split(" ");
const LIBRARIES = ["libatomic1", "libstdc++6"];

/** A whole Debian as one archive, its packages installed in it as an installer does. */
const HOST: PackageSet = {
  name: "systemd-host-1",
  roots: ["mmdebstrap"],
  suite: "bookworm",
  what: "a Debian with systemd and Docker, in a minute",
  versionOf: "mmdebstrap",
  otherwise: "run these tests on a Debian",
  complete: async (folder) => {
    const sources = join(folder, "sources.list");
    writeFileSync(sources, await sourceOf("bookworm", undefined));
    const include = `--include=${[...INSTALLED, ...LIBRARIES].join(",")}`;
    const command = [programIn(folder, "mmdebstrap"), "--variant=minbase", include, "bookworm"];
    await runCommand("perl", [...command, join(folder, ARCHIVE), sources], {
      timeoutMs: 10 * 60_000,
      env: { PATH: searchPath(), LC_ALL: "C" },
    });
    rmSync(join(folder, "root"), { recursive: true });
  },
};

const ARCHIVE = "host.tar";

/** Brings that Debian into an engine as an image, which goes with the run. */
export async function systemdImage(
  engine: EngineConnection,
  options: FetchOptions = {},
): Promise<string> {
  const folder = await unpackedPackages(HOST, options);
  const tag = `stalewatch-test-host:${engine.runId}`;
  const [repo, name] = tag.split(":");
  const changes = [`LABEL ${TEST_LABEL}=${engine.runId}`];
  const answer = await engine.docker.importImage(createReadStream(join(folder, ARCHIVE)), {
    repo,
    tag: name,
    changes,
  });
  // Its end is the import's.
  await text(answer);
  return tag;
}

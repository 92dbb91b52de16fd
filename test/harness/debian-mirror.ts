import { existsSync } from "node:fs";
import { tryCommand } from "./command.ts";
import { HarnessError } from "./harness-error.ts";

/** The releases of Debian that parts of the harness come from. */
export type Suite = "bookworm" | "trixie" | "sid";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** A line of sources.list: another release of Debian, from where this machine gets its own. */
export async function sourceOf(suite: Suite, signal: AbortSignal | undefined): Promise<string> {
  const known = await tryCommand(
    "apt-get",
    ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
    { signal, env: { ...process.env, LC_ALL: "C" } },
  );
  // Every mirror has the archive in a folder of this name, beside debian-security and others.
  const mirror = known.stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (mirror === undefined) {
    throw new HarnessError("this machine's apt has no source of Debian's main archive", {
      hint: "run these tests on a Debian, or add such a source",
    });
  }
  const option = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : "";
  return `deb ${option}${mirror} ${suite} main\n`;
}

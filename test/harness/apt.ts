import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, tryCommand } from "./command.ts";
import { type Suite, sourceOf } from "./debian-mirror.ts";
import { HarnessError, NAME_AN_ENGINE } from "./harness-error.ts";

/** Milliseconds for one apt command: some 70 MB over a slow line. */
const APT_TIMEOUT = 15 * 60_000;

/** apt with the machine's keys, but with lists, cache and status of its own. */
export interface PrivateApt {
  run(tool: "apt-get" | "apt-cache", args: readonly string[], cwd?: string): Promise<CommandResult>;
}

/** Reads the machine's own sources, or those of another release of Debian. */
export async function privateApt(
  folder: string,
  suite: Suite | undefined,
  signal: AbortSignal | undefined,
): Promise<PrivateApt> {
  for (const place of ["state/lists/partial", "cache/archives/partial", "log"]) {
    mkdirSync(join(folder, place), { recursive: true });
  }
  // An empty status means "nothing is installed": every package that is needed gets resolved.
  writeFileSync(join(folder, "status"), "");
  const configuration = join(folder, "apt.conf");
  writeFileSync(configuration, configurationFor(folder));
  if (suite !== undefined) {
    writeFileSync(join(folder, "sources.list"), await sourceOf(suite, signal));
    appendFileSync(configuration, otherSources(folder));
  }
  return {
    run: (tool, args, cwd) =>
      tryCommand(tool, [`--config-file=${configuration}`, ...args], {
        cwd,
        signal,
        timeoutMs: APT_TIMEOUT,
        env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      }),
  };
}

/** Read after the machine's own configuration, whose proxies and the like stay in force. */
function configurationFor(folder: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "${folder}/state";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
Dir::Log "${folder}/log";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
`;
}

function otherSources(folder: string): string {
  return `Dir::Etc::SourceList "${folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
# An unstable release's list is valid for a week; a mirror may be behind, or frozen.
Acquire::Check-Valid-Until "false";
`;
}

/** Name and version of everything that installing `roots` on an empty machine would bring. */
export async function resolvePackages(
  apt: PrivateApt,
  roots: readonly string[],
): Promise<Map<string, string>> {
  // Its exit code says little: a third party's source that fails need not be one that we need.
  const update = await apt.run("apt-get", ["update", "--quiet"]);
  const plan = await apt.run("apt-get", [
    "install",
    "--simulate",
    "--no-install-recommends",
    ...roots,
  ]);
  if (plan.code !== 0) {
    const reasons = `${update.stderr.trim()}\n${plan.stderr.trim()}`.trim();
    throw new HarnessError(`apt-get does not find ${roots.join(", ")}: ${reasons}`, {
      hint: `give this machine's apt a source that has them, ${NAME_AN_ENGINE}`,
    });
  }
  const installs = plan.stdout.matchAll(/^Inst (\S+) \((\S+) /gm);
  return new Map(Array.from(installs, ([, name = "", version = ""]) => [name, version]));
}

/** `roots` and what they load or start, directly or not; without what would install them. */
export async function withParts(apt: PrivateApt, roots: readonly string[]): Promise<string[]> {
  const flags = ["no-recommends", "no-suggests", "no-conflicts", "no-breaks", "no-replaces"];
  const options = [...flags, "no-enhances"].map((flag) => `--${flag}`);
  const graph = await apt.run("apt-cache", ["depends", "--recurse", ...options, ...roots]);
  const needs = parseDependencies(graph.stdout);
  const wanted = new Set(roots);
  for (const name of wanted) {
    for (const needed of needs.get(name) ?? []) if (isPart(needed)) wanted.add(needed);
  }
  return [...wanted];
}

/**
 * Libraries, and the first process that engines put into containers. The C library stays the
 * machine's: its loader, which is fixed, takes no other one's.
 */
function isPart(name: string): boolean {
  return /^(lib|tini)/.test(name) && !/^lib(c6|crypt1|gcc-s1)$/.test(name);
}

function parseDependencies(text: string): Map<string, string[]> {
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split("\n")) {
    const needed = /^[ |]+(?:Pre)?Depends: (\S+)$/.exec(line)?.[1];
    if (needed !== undefined) current.push(needed);
    else if (/^\S/.test(line)) needs.set(line.trim(), (current = []));
  }
  return needs;
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { cleanUpAtExit } from "./at-exit.ts";
import { findOnPath, runCommand, tryCommand, type CommandResult } from "./command.ts";
import { packageEnv, programIn } from "./package-sets.ts";
import { type FetchOptions, type PackageSet, unpackedPackages } from "./packages.ts";
import { eventually } from "./wait.ts";

const PROMETHEUS: PackageSet = {
  name: "prometheus-1",
  roots: ["prometheus"],
  what: "Prometheus",
  versionOf: "prometheus",
  otherwise: "install Prometheus",
  complete: async (folder) => {
    const { prometheus, promtool, env } = unpacked(folder);
    for (const program of [prometheus, promtool])
      await runCommand(program, ["--version"], { env: { ...process.env, ...env } });
  },
};

interface Programs {
  readonly prometheus: string;
  readonly promtool: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The machine's, or else Debian's, unpacked and not installed. */
async function programs(options: FetchOptions = {}): Promise<Programs> {
  const [prometheus, promtool] = [findOnPath("prometheus"), findOnPath("promtool")];
  if (prometheus !== undefined && promtool !== undefined) return { prometheus, promtool, env: {} };
  return unpacked(await unpackedPackages(PROMETHEUS, options));
}

function unpacked(folder: string): Programs {
  return {
    prometheus: programIn(folder, "prometheus"),
    promtool: programIn(folder, "promtool"),
    env: packageEnv(folder),
  };
}

/** Runs promtool to its end; `input` is what it reads. */
export async function promtool(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<CommandResult> {
  const { promtool: program, env } = await programs();
  const { input, cwd } = options;
  // promtool check metrics reads its standard input.
  const command =
    input === undefined
      ? [program, ...args]
      : ["sh", "-c", `printf %s "$TEXT" | exec "$@"`, "sh", program, ...args];
  const [name = "", ...rest] = command;
  return tryCommand(name, rest, {
    cwd,
    env: { ...process.env, ...env, ...(input !== undefined && { TEXT: input }) },
  });
}

/** A Prometheus that scrapes. */
export interface RunningPrometheus {
  /** The answer to one address of its API: `query?query=up`. */
  ask(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Started with that configuration file, whose folder it keeps its data in. */
export async function startPrometheus(folder: string, config: string): Promise<RunningPrometheus> {
  const { prometheus, env } = await programs();
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    "--web.listen-address=127.0.0.1:0",
    "--log.format=json",
  ];
  const child = spawn(prometheus, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const takeBack = cleanUpAtExit(() => child.kill("SIGKILL"));
  const exited = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  ).finally(takeBack);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (log += part));
  const address = await eventually(
    "Prometheus listens",
    () => /"address":"?(127\.0\.0\.1:[1-9]\d*)/.exec(log)?.[1],
    { timeoutMs: 60_000 },
  );
  return {
    ask: async (path) => (await fetch(`http://${address}/api/v1/${path}`)).json(),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

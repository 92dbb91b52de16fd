import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PrivateEngine } from "../../test/harness/engine.ts";
import { enginePrograms } from "../../test/harness/engine-programs.ts";
import { temporaryDirectory } from "../../test/harness/program.ts";
import { makeExecutable } from "../package/executable.ts";
import { median, paired, timed } from "./measure.ts";
import { against, ms, row, times, type Row } from "./report.ts";

const RUNS = 21;

/** How quickly the packaged executable is there. */
export async function benchStarting(engine: PrivateEngine, containers: number): Promise<Row[]> {
  const folder = temporaryDirectory();
  try {
    const executable = join(folder.path, "stalewatch");
    await makeExecutable(executable, join(folder.path, "work"));
    return [
      ...(await benchVersion(executable)),
      await benchFirstVerdict(executable, engine, containers),
    ];
  } finally {
    folder.remove();
  }
}

async function benchVersion(executable: string): Promise<Row[]> {
  // The docker CLI is the machine's, or comes with the packages: `env` has it on its PATH.
  const { env } = await enginePrograms({});
  const options = { env: { ...process.env, ...env }, stdio: "ignore" } as const;
  const result = await paired(
    RUNS,
    () => spawnSync(executable, ["--version"], options),
    () => spawnSync("docker", ["--version"], options),
  );
  return [
    row("`docker --version`", ms(result.b)),
    against(
      "`stalewatch --version`, the executable",
      `${ms(result.a)}, ${times(result.ratio)} docker`,
      "< 3 × docker --version",
      result.ratio < 3,
    ),
  ];
}

/** With nothing known yet: each time on an empty state. */
async function benchFirstVerdict(
  executable: string,
  engine: PrivateEngine,
  containers: number,
): Promise<Row> {
  const spans: number[] = [];
  for (let run = 0; run < 5; run++) {
    const state = temporaryDirectory();
    spans.push(await timed(() => firstVerdict(executable, engine, state.path)));
    state.remove();
  }
  const span = median(spans);
  const what = `start of the daemon to its first verdict, ${String(containers)} containers`;
  return against(what, ms(span), "< 1 s", span < 1000);
}

async function firstVerdict(
  executable: string,
  engine: PrivateEngine,
  state: string,
): Promise<void> {
  const daemon = spawn(executable, ["run"], {
    env: { DOCKER_HOST: engine.host, STALEWATCH_STATE: state, STALEWATCH_LOG_LEVEL: "debug" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(daemon, "exit");
  for await (const line of createInterface(daemon.stderr)) if (line.includes('"scan"')) break;
  // The end is not what is measured.
  daemon.kill("SIGKILL");
  await ended;
}

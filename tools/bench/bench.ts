import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { findOnPath } from "../../test/harness/command.ts";
import type { PrivateEngine } from "../../test/harness/engine.ts";
import { enginePrograms } from "../../test/harness/engine-programs.ts";
import { startPrivateEngine } from "../../test/harness/private-engine.ts";
import { PROGRAM, startDaemon, temporaryDirectory } from "../../test/harness/program.ts";
import { policyScan, type PreparedScan } from "./scanning.ts";
import { benchRebuild, benchRendering, benchViewers } from "./showing.ts";
import { benchHealing } from "./healing.ts";
import { populate } from "./host.ts";
import { benchJudging } from "./judging.ts";
import { paired } from "./measure.ts";
import { against, ms, row, table, times, type Row } from "./report.ts";
import { benchStarting } from "./starting.ts";
import { benchWatching } from "./watching.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/performance.md");
const RUNS = 25;

const tell = (text: string): void => void process.stderr.write(`… ${text}\n`);

async function main(): Promise<void> {
  execFileSync(process.execPath, [join(import.meta.dirname, "../build.ts")], { stdio: "inherit" });
  const rows: Row[] = [];
  tell("judging");
  rows.push(...(await benchJudging()));
  tell("the status page");
  rows.push(...(await benchRendering()));
  const engine = await startPrivateEngine({ onProgress: tell });
  try {
    tell("rebuilding");
    rows.push(...(await benchRebuild(engine)));
    tell("healing");
    rows.push(...(await benchHealing(engine)));
    let running = 0;
    for (const count of [10, 100, 300]) {
      tell(`starting containers up to ${count}`);
      await populate(engine, running, count);
      running = count;
      tell(`scanning ${count} containers`);
      rows.push(...(await benchScan(engine, count)));
      if (count !== 100) continue;
      tell("from nothing to the first verdict");
      rows.push(...(await benchStarting(engine, count)));
      tell("the daemon, following events: builds, a minute of nothing, a storm");
      rows.push(...(await benchWatching(engine)));
    }
    tell("the command line");
    rows.push(...(await benchCheck(engine)));
    tell("scans while many look on");
    rows.push(...(await benchViewers(engine, running)));
    tell("100 scans of the daemon, one a second");
    rows.push(...(await benchMemory(engine)));
  } finally {
    await engine.close();
  }
  publish(
    `Docker Engine ${engine.version}, Node ${process.versions.node}, ${cpus().length} cores`,
    table(rows),
  );
}

/** A quiet scan inside a running process, against a curl that makes the same two calls and throws the answers away. */
async function benchScan(engine: PrivateEngine, count: number): Promise<Row[]> {
  const scan: PreparedScan = await policyScan(engine);
  try {
    const result = await paired(RUNS, scan.run, () => curlBoth(engine));
    const calls = await scan.run();
    return [
      row(`two list calls through curl, ${count} containers`, ms(result.b)),
      against(
        `scan of ${count} containers (${calls} engine calls)`,
        `${ms(result.a)}, ${times(result.ratio)} curl`,
        "2 calls, ≤ 1.3 × curl",
        calls === 2 && result.ratio <= 1.3,
      ),
    ];
  } finally {
    scan.close();
  }
}

function curlBoth({ socketPath }: PrivateEngine): void {
  const base = "http://engine";
  const urls = [`${base}/containers/json?all=1`, `${base}/images/json`];
  spawnSync(
    program("curl"),
    ["-sf", "--unix-socket", socketPath, ...urls.flatMap((url) => ["-o", "/dev/null", url])],
    { stdio: "ignore" },
  );
}

function program(name: string): string {
  const found = findOnPath(name);
  if (found === undefined) throw new Error(`${name} is needed for the comparison: install it`);
  return found;
}

async function benchCheck(engine: PrivateEngine): Promise<Row[]> {
  // The docker CLI is the machine's, or comes with the packages: `env` has it on its PATH.
  const { env } = await enginePrograms({});
  const state = temporaryDirectory();
  const environment = {
    ...process.env,
    ...env,
    DOCKER_HOST: engine.host,
    STALEWATCH_STATE: state.path,
  };
  const result = await paired(
    11,
    () => spawnSync(process.execPath, [PROGRAM, "check"], { env: environment, stdio: "ignore" }),
    () => spawnSync("docker", ["ps"], { env: environment, stdio: "ignore" }),
  );
  state.remove();
  return [
    row("`docker ps`, 300 containers", ms(result.b)),
    against(
      "`stalewatch check`, 300 containers",
      `${ms(result.a)}, ${times(result.ratio)} docker ps`,
      "≤ 6 × docker ps",
      result.ratio <= 6,
    ),
  ];
}

/** The real daemon, one scan a second. */
async function benchMemory(engine: PrivateEngine): Promise<Row[]> {
  const state = temporaryDirectory();
  const daemon = startDaemon({
    DOCKER_HOST: engine.host,
    STALEWATCH_STATE: state.path,
    STALEWATCH_SCHEDULE: "* * * * * *",
    STALEWATCH_LOG_LEVEL: "debug",
  });
  const rss: number[] = [];
  for (let scan = 1; scan <= 100; scan++) {
    await daemon.logged("scan");
    if (scan % 25 === 0) rss.push(residentMegabytes(daemon.pid));
  }
  await daemon.stop();
  state.remove();
  const [first = 0, last = 0] = [rss[0], rss.at(-1)];
  return [
    against(
      "daemon's RSS after 25, 50, 75, 100 scans of 300 containers",
      rss.map((value) => `${value} MB`).join(", "),
      "< 100 MB, flat (± 10 %)",
      last < 100 && last <= first * 1.1,
    ),
  ];
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

/** `-- --write` puts the table into the document that the README links. */
function publish(machine: string, text: string): void {
  process.stdout.write(`\n${machine}\n\n${text}\n`);
  if (!process.argv.includes("--write")) return;
  const before = readFileSync(DOCUMENT, "utf8");
  const block = `<!-- bench -->\n\n${machine}, ${new Date().toISOString().slice(0, 10)}:\n\n${text}\n\n<!-- /bench -->`;
  writeFileSync(DOCUMENT, before.replace(/<!-- bench -->[^]*<!-- \/bench -->/, block));
}

await main();

import { spawn } from "node:child_process";
import { join } from "node:path";
import { engineId } from "../../src/domain/ids.ts";
import { State } from "../../src/state/state.ts";
import { overviewPage } from "../../src/status/page/frame.ts";
import type { VerdictKind } from "../../src/domain/verdict.ts";
import { recreateContainer, removeContainer, runContainer } from "../../test/harness/containers.ts";
import type { EngineConnection } from "../../test/harness/engine.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { startDaemon, temporaryDirectory, type RunningDaemon } from "../../test/harness/program.ts";
import { buildImage } from "../../test/harness/images.ts";
import { eventually } from "../../test/harness/wait.ts";
import { diverged, factsOf, fresh, HOUR, NOW } from "../../test/unit/status/samples.ts";
import { median, timed } from "./measure.ts";
import { against, ms, row, times, type Row } from "./report.ts";

const RUNS = 15;
const ALL = { verdict: null, project: null };

/** The page of a large host, every tenth container stale: what it weighs, and what it takes to make it. */
export async function benchRendering(): Promise<Row[]> {
  const judgements = Array.from({ length: 1000 }, (_, i) => {
    const name = `project${i % 50}-webfrontend${i}-1`;
    return i % 10 === 0 ? diverged(name, HOUR) : fresh(name);
  });
  const render = (): string =>
    overviewPage({ facts: factsOf(judgements), version: "bench", now: NOW }, ALL);
  const kilobytes = Buffer.byteLength(render()) / 1000;
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await timed(render));
  return [
    row("make the status page of 1000 containers, 100 of them stale", ms(median(runs))),
    against("its size", `${kilobytes.toFixed(0)} kB`, "< 500 kB", kilobytes < 500),
  ];
}

const SCANS = 20;
const VIEWERS = 50;

/** The real daemon at one scan a second, the page of which changes with every scan: the time of a scan without viewers
 *  and with. */
export async function benchViewers(engine: EngineConnection, count: number): Promise<Row[]> {
  const directory = temporaryDirectory();
  const port = await freePort();
  const daemon = startDaemon({
    DOCKER_HOST: engine.host,
    STALEWATCH_STATE: directory.path,
    STALEWATCH_SCHEDULE: "* * * * * *",
    STALEWATCH_LOG_LEVEL: "debug",
    STALEWATCH_STATUS_LISTEN: `127.0.0.1:${port}`,
  });
  await daemon.logged("scan");
  const state = new State({
    directory: directory.path,
    mayReplace: false,
    now: () => new Date(),
  });
  try {
    const alone = await scanTime(daemon, port, state);
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "viewers.mjs"), String(port), String(VIEWERS)],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    let pages = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (pages += text));
    await eventually(
      "all are there",
      async () => (await metric(port, "status_viewers")) === VIEWERS,
    );
    const before = await metric(port, "ticks_skipped_total");
    const watched = await scanTime(daemon, port, state);
    child.stdin.end();
    await new Promise((resolve) => child.once("close", resolve));
    const skipped = (await metric(port, "ticks_skipped_total")) - before;
    return [
      row(`scan of ${count} containers in the daemon, the page changing with each`, ms(alone)),
      against(
        `the same while ${VIEWERS} viewers fetch the page after each (${pages} times in ${SCANS} scans)`,
        `${ms(watched)}, ${times(watched / alone)} without, ${skipped} ticks skipped`,
        "≤ 1.5 × without, none skipped",
        watched <= 1.5 * alone && skipped === 0,
      ),
    ];
  } finally {
    state.close();
    await daemon.stop();
    directory.remove();
  }
}

const REBUILDS = 11;

/** The real daemon on its schedule of five minutes: from the end of a build to the verdict in the page, asked for every 5 ms. */
export async function benchRebuild(engine: EngineConnection): Promise<Row[]> {
  const directory = temporaryDirectory();
  const port = await freePort();
  const image = "bench-rebuilt";
  const definition = { name: "bench-rebuilt-1", image, networkMode: "none" };
  await buildImage(engine, { tag: image, marker: "first" });
  await runContainer(engine, definition);
  const daemon = startDaemon({
    DOCKER_HOST: engine.host,
    STALEWATCH_STATE: directory.path,
    STALEWATCH_STATUS_LISTEN: `127.0.0.1:${port}`,
  });
  try {
    await shown(port, "fresh");
    const took: number[] = [];
    for (let run = 0; run < REBUILDS; run++) {
      await buildImage(engine, { tag: image, marker: `run ${run}` });
      took.push(await timed(() => shown(port, "pending")));
      await recreateContainer(engine, definition);
      await shown(port, "fresh");
    }
    const slowest = Math.max(...took);
    return [
      against(
        `from the end of a build to \`pending\` in the page, ${REBUILDS} builds`,
        `${ms(median(took))}, ${ms(slowest)} at worst`,
        "< 1 s",
        slowest < 1000,
      ),
    ];
  } finally {
    await daemon.stop();
    await removeContainer(engine, definition.name);
    directory.remove();
  }
}

/** Waits until the page says so of the rebuilt container. */
async function shown(port: number, verdict: VerdictKind): Promise<void> {
  const url = `http://127.0.0.1:${port}/`;
  const wanted = new RegExp(`<li class="c ${verdict}"[^>]*>.{0,40}<b>bench-rebuilt-1</b>`);
  const isShown = async (): Promise<boolean> => {
    const answer = await fetch(url).catch(() => null);
    return answer !== null && wanted.test(await answer.text());
  };
  await eventually(`the page says ${verdict}`, isShown, { timeoutMs: 60_000, intervalMs: 5 });
}

const HOLD = { id: "bench", project: "bench", container: null, reason: null };

/** Of the next scans on average, in milliseconds. */
async function scanTime(daemon: RunningDaemon, port: number, state: State): Promise<number> {
  const spent = (): Promise<number> => metric(port, "scan_seconds_total");
  const engine = state.lastEngine()?.id ?? engineId("");
  const before = await spent();
  for (let scan = 0; scan < SCANS; scan++) {
    await daemon.logged("scan");
    state.releaseHold(HOLD.id);
    state.addHold(engine, { ...HOLD, until: Date.now() + HOUR + scan });
  }
  return (((await spent()) - before) / SCANS) * 1000;
}

async function metric(port: number, name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const value = new RegExp(`^stalewatch_${name} (\\S+)$`, "m").exec(await answer.text())?.[1];
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value);
}

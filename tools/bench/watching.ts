import { setTimeout as delay } from "node:timers/promises";
import type { PrivateEngine } from "../../test/harness/engine.ts";
import { startFakeEngine } from "../../test/harness/fake-engine.ts";
import { eventSource, tagged } from "../../test/harness/event-source.ts";
import { buildImage } from "../../test/harness/images.ts";
import {
  runProgram,
  startDaemon,
  temporaryDirectory,
  type Environment,
  type LogLine,
  type RunningDaemon,
} from "../../test/harness/program.ts";
import { costOf } from "../process-cost.ts";
import { median } from "./measure.ts";
import { against, ms, type Row } from "./report.ts";

/** After the first scan, whatever leads to one is an event. */
const NEVER = "0 0 1 1 *";
const BUILDS = 11;
const IDLE_SECONDS = 60;
const STORM_SECONDS = 10;
const EVENTS_A_SECOND = 1000;

/** The real daemon, following the events of an engine with the 100 containers of `populate`. */
export async function benchWatching(engine: PrivateEngine): Promise<Row[]> {
  return [await benchBuild(engine), await benchIdle(engine), await benchStorm()];
}

/** From the end of a build until its verdict is committed and in the log. */
async function benchBuild(engine: PrivateEngine): Promise<Row> {
  const waits: number[] = [];
  await watched({ DOCKER_HOST: engine.host, STALEWATCH_SCHEDULE: NEVER }, async (daemon, env) => {
    for (let build = 0; build < BUILDS; build++) {
      // Where events of the last one would still be waited for.
      await delay(2_000);
      await buildImage(engine, { tag: "bench-app0", marker: `build ${String(build)}` });
      const ended = Date.now();
      waits.push(timeOf(await daemon.logged("scan", ({ wrote }) => wrote === true)) - ended);
    }
    const { stdout } = await runProgram(["check"], env);
    if (!/: \d+ pending/.test(stdout)) throw new Error(`a build led to no verdict:\n${stdout}`);
  });
  const longest = Math.max(...waits);
  return against(
    "from the end of a build to the verdict `pending`, 100 containers",
    `${ms(median(waits))}, ${ms(longest)} at most of ${String(BUILDS)}`,
    "< 1 s",
    longest < 1000,
  );
}

/** With a scan a minute, five times as often as by default. */
async function benchIdle(engine: PrivateEngine): Promise<Row> {
  const schedule = "* * * * *";
  const env = { DOCKER_HOST: engine.host, STALEWATCH_SCHEDULE: schedule };
  return watched(env, async ({ pid }) => {
    const before = costOf(pid);
    await delay(IDLE_SECONDS * 1000);
    const after = costOf(pid);
    const share = (after.cpu - before.cpu) / (IDLE_SECONDS * 10);
    const written = after.written - before.written;
    return against(
      `idle for ${String(IDLE_SECONDS)} s, 100 containers, a scan a minute`,
      `${share.toFixed(2)} % of a core, ${String(written)} bytes written`,
      "< 0.5 %, 0 bytes",
      share < 0.5 && written === 0,
    );
  });
}

/** No engine gets so many done by itself: a fake one tells of them. */
async function benchStorm(): Promise<Row> {
  const engine = await startFakeEngine();
  const source = eventSource();
  engine.on("/events", source.behaviour);
  const path = engine.address.kind === "unix" ? engine.address.path : "";
  try {
    return await watched(
      { DOCKER_HOST: `unix://${path}`, STALEWATCH_SCHEDULE: NEVER },
      async (daemon) => {
        const [before, scans, began] = [costOf(daemon.pid), scansOf(daemon), Date.now()];
        const burst = EVENTS_A_SECOND / 20;
        for (let i = 0; i < STORM_SECONDS * 20; i++) {
          for (let n = 0; n < burst; n++) source.tell(tagged("storm:latest", Date.now()));
          await delay(50);
        }
        const count = scansOf(daemon) - scans;
        const took = Date.now() - began;
        const share = (costOf(daemon.pid).cpu - before.cpu) / took;
        return against(
          `${String(EVENTS_A_SECOND)} events a second for ${String(STORM_SECONDS)} s`,
          `${String(count)} scans, ${(share * 100).toFixed(1)} % of a core`,
          "≤ 1 scan a second",
          // Between so many there is one second less.
          (count - 1) * 1000 <= took,
        );
      },
    );
  } finally {
    await engine.close();
  }
}

/** Runs the daemon while `work` does, once it has looked and all is quiet. */
async function watched<T>(
  more: Environment,
  work: (daemon: RunningDaemon, env: Environment) => Promise<T>,
): Promise<T> {
  const state = temporaryDirectory();
  const env = { STALEWATCH_STATE: state.path, STALEWATCH_LOG_LEVEL: "debug", ...more };
  const daemon = startDaemon(env);
  try {
    await daemon.logged("scan");
    await delay(5_000);
    return await work(daemon, env);
  } finally {
    await daemon.stop();
    state.remove();
  }
}

const timeOf = (line: LogLine): number => Date.parse(String(line["time"]));

const scansOf = ({ log }: RunningDaemon): number =>
  log.filter(({ event }) => event === "scan").length;

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { State } from "../../src/state/state.ts";
import { startFakeEngine } from "../../test/harness/fake-engine.ts";
import { startHttpSink } from "../../test/harness/http-sink.ts";
import {
  runProgram,
  startDaemon,
  temporaryDirectory,
  type Environment,
} from "../../test/harness/program.ts";
import { eventually } from "../../test/harness/wait.ts";
import { audit, firsts, late, type Reception, type Told } from "./audit.ts";
import { idle } from "./idle.ts";
import { lifeOf, liveAndDie, type Arrivals, type Life } from "./life.ts";
import { randomFrom, type Random } from "./random.ts";
import { mailReceiver, slackReceiver, webhookReceiver, type Receiver } from "./receivers.ts";
import { startWorld } from "./world.ts";

/** The real daemon on a host where nothing happens, and on one where everything does. */
async function main(): Promise<boolean> {
  const { seed, kills, idle: seconds } = options();
  execFileSync(process.execPath, [join(import.meta.dirname, "../build.ts")], { stdio: "inherit" });
  const faults = seconds > 0 ? await idle(seconds, say) : [];
  for (const fault of faults) say(`FAIL idle: ${fault}`);
  if (seconds > 0 && faults.length === 0) say("ok: nothing was written");
  const isRestlessGood = kills === 0 || (await restlessly(seed, kills));
  return isRestlessGood && faults.length === 0;
}

/** Killed over and over while it tells receivers that fail on purpose: what the state says there was to tell must have
 *  arrived everywhere, in order, and nothing twice that need not. */
async function restlessly(seed: number, kills: number): Promise<boolean> {
  say(`seed ${String(seed)}, ${String(kills)} kills`);
  const random = randomFrom(seed);
  const engine = await startFakeEngine();
  const state = temporaryDirectory();
  const [onArrival, arrivals] = arrivalsOf();
  const receivers = await Promise.all([
    slackReceiver(random.fork(), onArrival),
    webhookReceiver(random.fork(), onArrival),
    mailReceiver(random.fork()),
  ]);
  const silent = await startHttpSink({
    path: "/beat",
    peer: () => ({ status: 200, body: "OK", error: null }),
    otherwise: () => ({ kind: "hang" }),
  });
  const env = environment(engine.address, state.path, receivers, silent.url);
  try {
    const world = startWorld(engine, random.fork(), Date.now);
    const rest = restless(world.step, random.fork());
    const lives = await killed(kills, env, receivers, random, arrivals);
    rest.stop();
    lives.push(await drained(env, state.path));
    return await report(lives, receivers, await toldByState(env));
  } finally {
    await Promise.all([...receivers, silent, engine].map((one) => one.close()));
    state.remove();
  }
}

interface Options {
  readonly seed: number;
  /** 0: none of that part. */
  readonly kills: number;
  /** Seconds in which nothing happens; 0: none of that part. */
  readonly idle: number;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      kills: { type: "string", default: "50" },
      idle: { type: "string", default: "60" },
    },
  });
  return { seed: Number(values.seed), kills: Number(values.kills), idle: Number(values.idle) };
}

function environment(
  address: { readonly kind: string; readonly path?: string },
  state: string,
  receivers: readonly Receiver[],
  heartbeat: string,
): Environment {
  return Object.assign(
    {
      DOCKER_HOST: `unix://${address.path ?? ""}`,
      STALEWATCH_ENGINE_NAME: "soak",
      STALEWATCH_STATE: state,
      STALEWATCH_SCHEDULE: "* * * * * *",
      STALEWATCH_GRACE: "0s",
      STALEWATCH_LOG_LEVEL: "debug",
      STALEWATCH_NOTIFY_REMINDER: "0",
      STALEWATCH_HEARTBEAT_URL: heartbeat,
    },
    ...receivers.map(({ env }) => env),
  ) as Environment;
}

function arrivalsOf(): [onArrival: () => void, arrivals: Arrivals] {
  let waiting: (() => void)[] = [];
  const onArrival = (): void => {
    for (const one of waiting) one();
    waiting = [];
  };
  return [onArrival, { next: () => new Promise((resolve) => waiting.push(resolve)) }];
}

/** Something happens every few seconds, whatever the daemon does. */
function restless(step: () => void, random: Random): { stop(): void } {
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(
      () => {
        step();
        again();
      },
      random.between(300, 2_500),
    );
  };
  again();
  return {
    stop: () => {
      clearTimeout(timer);
    },
  };
}

/** In its first third the webhook takes everything at once, whatever the others do. */
async function killed(
  kills: number,
  env: Environment,
  receivers: readonly Receiver[],
  random: Random,
  arrivals: Arrivals,
): Promise<Life[]> {
  const lives: Life[] = [];
  for (const one of receivers) one.fail(one.name !== "webhook");
  for (let i = 0; i < kills; i++) {
    if (i === thirdOf(kills)) for (const one of receivers) one.fail(true);
    lives.push(await liveAndDie(env, random, arrivals));
    if ((i + 1) % 10 === 0) say(`${String(i + 1)} kills`);
  }
  for (const one of receivers) one.fail(false);
  return lives;
}

/** The last run ends by itself, when nothing is left to deliver. */
async function drained(env: Environment, directory: string): Promise<Life> {
  const daemon = startDaemon(env);
  await daemon.logged("scan");
  const state = new State({ directory, mayReplace: false, now: () => new Date() });
  try {
    await eventually("all is delivered", () => state.waiting().count === 0, {
      timeoutMs: 300_000,
      intervalMs: 200,
    });
  } finally {
    state.close();
    await daemon.stop();
  }
  return lifeOf(daemon);
}

interface History {
  readonly incidents: readonly {
    readonly container: string;
    readonly openedAt: string;
    readonly resolvedAt: string | null;
  }[];
  readonly deadLetters: readonly object[];
}

async function toldByState(env: Environment): Promise<History> {
  const { stdout } = await runProgram(["history", "--json", "--since", "1d"], env);
  return JSON.parse(stdout) as History;
}

async function report(
  lives: readonly Life[],
  receivers: readonly Receiver[],
  { incidents, deadLetters }: History,
): Promise<boolean> {
  const told = incidents
    .toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt))
    .map(({ container, resolvedAt }): Told => ({ container, isOver: resolvedAt !== null }));
  const kills = lives.slice(0, -1).map(({ endedAt }) => endedAt);
  const faults = deadLetters.length === 0 ? [] : [`${String(deadLetters.length)} given up`];
  say(
    `${String(told.length)} incidents, ${String(told.filter(({ isOver }) => isOver).length)} over`,
  );
  if (told.length < kills.length / 2) faults.push("too little happened to show anything");
  for (const { name, receptions } of receivers) {
    const all = await receptions();
    say(`${name}: ${summary(all)}`);
    const found = [...audit({ incidents: told, receptions: all, kills }), ...delays(all, kills)];
    faults.push(...found.map((one) => `${name}: ${one}`));
  }
  faults.push(...slowScans(lives));
  for (const fault of faults) say(`FAIL ${fault}`);
  say(
    faults.length === 0 ? "ok: all arrived, in order, and nothing twice that need not" : "failed",
  );
  return faults.length === 0;
}

/** Less than the 15 s for which the others hang. */
const DELAY_AT_MOST = 10_000;

/** While the webhook does not fail, no other channel's failure may delay it. Only its messages say when they were made. */
function delays(receptions: readonly Reception[], kills: readonly number[]): string[] {
  const until = kills[thirdOf(kills.length) - 1] ?? 0;
  const undisturbed = receptions.filter(({ saidAt = Infinity }) => saidAt < until);
  return late(undisturbed, kills, DELAY_AT_MOST);
}

function thirdOf(kills: number): number {
  return Math.floor(kills / 3);
}

function summary(receptions: readonly Reception[]): string {
  const messages = firsts(receptions).length;
  const taken = receptions.filter((one) => one.taken).length;
  const failed = receptions.length - taken;
  const again = taken - firsts(receptions.filter((one) => one.taken)).length;
  return `${String(messages)} messages, ${String(failed)} attempts failed on purpose, ${String(again)} came twice`;
}

/** A scan a second, whoever hangs. Half of that, for the sake of machines that are busy with something else. */
function slowScans(lives: readonly Life[]): string[] {
  const seconds = lives.reduce((sum, { lasted }) => sum + lasted / 1000, 0);
  const scans = lives.reduce((sum, life) => sum + life.scans, 0);
  const skipped = lives.reduce((sum, life) => sum + life.skipped, 0);
  say(`${String(scans)} scans in ${seconds.toFixed(0)} s, ${String(skipped)} skipped`);
  return scans < seconds / 2 ? ["scans were late"] : [];
}

function say(text: string): void {
  process.stdout.write(`soak: ${text}\n`);
}

process.exitCode = (await main()) ? 0 : 1;

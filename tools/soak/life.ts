import { setTimeout as delay } from "node:timers/promises";
import { startDaemon, type Environment, type RunningDaemon } from "../../test/harness/program.ts";
import type { Random } from "./random.ts";

/** One run of the daemon, from its start to its violent end. */
export interface Life {
  /** When it was dead for sure. */
  readonly endedAt: number;
  /** From its first word to its end, in milliseconds. */
  readonly lasted: number;
  readonly scans: number;
  readonly skipped: number;
}

export interface Arrivals {
  /** When the next message has arrived anywhere. */
  next(): Promise<void>;
}

const LONGEST = 6_000;

/** Ends it by kill -9: half of the times at any moment, half just when somebody is being told. */
export async function liveAndDie(
  env: Environment,
  random: Random,
  arrivals: Arrivals,
): Promise<Life> {
  const daemon = startDaemon(env);
  if (random.next() < 0.5) await delay(random.between(100, LONGEST));
  else {
    const late = random.between(0, 30);
    await Promise.race([arrivals.next(), delay(LONGEST)]);
    await delay(late);
  }
  await daemon.stop("SIGKILL");
  return lifeOf(daemon);
}

export function lifeOf(daemon: RunningDaemon): Life {
  const count = (event: string): number => daemon.log.filter((one) => one.event === event).length;
  const began = Date.parse(String(daemon.log[0]?.["time"]));
  const endedAt = Date.now();
  return {
    endedAt,
    lasted: Number.isNaN(began) ? 0 : endedAt - began,
    scans: count("scan"),
    skipped: count("tick-skipped"),
  };
}

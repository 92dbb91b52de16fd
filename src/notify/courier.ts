import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { bell, type Bell, type Sleep } from "./bell.ts";
import type { Channel } from "./channel.ts";
import type { CourierEvent } from "./courier-event.ts";
import { Lane, type Step } from "./lane.ts";
import type { Outbox } from "./outbox.ts";

export interface CourierParts {
  readonly outbox: Outbox;
  readonly channels: readonly Channel[];
  /** `sleep` ends early at an abort, by resolving or by rejecting. */
  readonly clock: { now(): EpochMs; readonly sleep: Sleep };
  readonly log: (event: CourierEvent) => void;
  /** From 0 to below 1, as `Math.random`. */
  readonly random: () => number;
  /** How long a message is tried. Default 3 days. */
  readonly giveUpAfter?: Milliseconds | undefined;
}

export interface DrainResult {
  readonly delivered: number;
  /** Failed and to be tried again later. */
  readonly postponed: number;
  readonly dead: number;
  /** Channels whose oldest message failed earlier and is not due yet; those behind it wait, too. */
  readonly waiting: number;
  /** Channels whose outbox could not be read or written. */
  readonly outboxFailed: number;
}

export interface Courier {
  /** Delivers until the abort; what is under way then stays in the outbox for the next start. */
  run(signal: AbortSignal): Promise<void>;
  /** After a commit: there may be something to deliver. */
  wake(): void;
  /** Delivers what is due, once, and ends; for a command, not beside `run`. Ends early at the abort. */
  drain(signal: AbortSignal): Promise<DrainResult>;
}

/** Another process may have committed a message, or the wall clock may have jumped: nothing is slept through. */
const LOOK_EVERY: Milliseconds = 60_000;

/** Brings committed messages to people: at least once, in order, each channel at its own pace. */
export function courier(parts: CourierParts): Courier {
  const { clock, channels } = parts;
  const routes = channels.map((channel) => ({
    lane: new Lane({ ...parts, channel }),
    bell: bell((length, signal) => clock.sleep(length, signal)),
  }));
  return {
    async run(signal) {
      await Promise.all(routes.map((one) => deliver(one.lane, one.bell, clock, signal)));
    },
    wake() {
      for (const one of routes) one.bell.ring();
    },
    async drain(signal) {
      const ends = await Promise.all(routes.map((one) => drained(one.lane, signal)));
      const count = (did: Step["did"]): number => ends.flat().filter((end) => end === did).length;
      return {
        delivered: count("delivered"),
        postponed: count("postponed"),
        dead: count("dead"),
        waiting: count("waits"),
        outboxFailed: count("outbox-failed"),
      };
    },
  };
}

async function deliver(
  lane: Lane,
  bell: Bell,
  clock: CourierParts["clock"],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const step = await lane.step(signal);
    const pause = pauseAfter(step, clock.now());
    if (pause > 0) await bell.wait(pause, signal);
  }
}

function pauseAfter(step: Step, now: EpochMs): Milliseconds {
  if (step.did === "nothing") return LOOK_EVERY;
  return "until" in step ? Math.min(Math.max(0, step.until - now), LOOK_EVERY) : 0;
}

/** What became of one channel's messages, up to the first that stops the others. */
async function drained(lane: Lane, signal: AbortSignal): Promise<Step["did"][]> {
  const done: Step["did"][] = [];
  while (!signal.aborted) {
    const { did } = await lane.step(signal);
    done.push(did);
    if (did !== "delivered" && did !== "dead") break;
  }
  return done;
}

import { messageOf } from "../domain/error.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { attempt } from "./attempt.ts";
import { GIVE_UP_AFTER, LONGEST_WAIT, nextWait } from "./backoff.ts";
import type { Sleep } from "./bell.ts";
import type { Channel } from "./channel.ts";
import { concluded, type Conclusion, type Settled } from "./conclusion.ts";
import type { CourierEvent, OutboxFailedEvent } from "./courier-event.ts";
import type { Outbox, OutboxMessage } from "./outbox.ts";

export interface LaneParts {
  readonly outbox: Outbox;
  readonly channel: Channel;
  readonly clock: { now(): EpochMs; readonly sleep: Sleep };
  readonly log: (event: CourierEvent) => void;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Default `GIVE_UP_AFTER`. */
  readonly giveUpAfter?: Milliseconds | undefined;
}

export type Step =
  | { readonly did: "delivered" | "dead" | "nothing" | "aborted" }
  | { readonly did: "postponed" | "waits" | "outbox-failed"; readonly until: EpochMs };

/** How long the outbox is left alone after it failed, at most: somebody is making room on the disk. */
const OUTBOX_PAUSE_AT_MOST: Milliseconds = 60_000;

/** What this process knows of the oldest message and the outbox could not note. */
interface Unnoted {
  readonly id: number;
  readonly attempts: number;
  /** Not to be touched before. */
  readonly until: EpochMs;
  /** Not null: it is through. This process never sends it again, and only goes on telling the outbox. */
  readonly settled: Settled | null;
}

/** One channel's way out of the outbox: always its oldest message, so that an end never overtakes its beginning. */
export class Lane {
  readonly #parts: LaneParts;
  #unnoted: Unnoted | null = null;
  #outboxFailures = 0;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /** Does the next thing there is to do, if it is due. Not to be called again before it ended. */
  async step(signal: AbortSignal): Promise<Step> {
    const { outbox, channel, clock } = this.#parts;
    let message: OutboxMessage | null;
    try {
      message = outbox.head(channel.name);
    } catch (error) {
      return this.#outboxFailed("head", error);
    }
    if (message === null) return { did: "nothing" };
    const unnoted = this.#unnoted?.id === message.id ? this.#unnoted : null;
    const until = waitsUntil(message, unnoted, clock.now());
    if (until !== null) return { did: "waits", until };
    if (unnoted === null) return this.#send(message, message.attempts + 1, signal);
    const { attempts, settled } = unnoted;
    return settled === null
      ? this.#send(message, Math.max(message.attempts, attempts) + 1, signal)
      : this.#note(message.id, attempts, settled);
  }

  async #send(message: OutboxMessage, attempts: number, signal: AbortSignal): Promise<Step> {
    const { channel, clock, random, log, giveUpAfter = GIVE_UP_AFTER } = this.#parts;
    const delivery = await attempt(channel, message.bulletin, clock.sleep, signal);
    if (delivery === null) return { did: "aborted" };
    const [now, jitter] = [clock.now(), random()];
    const end = concluded({ message, attempts, delivery, now, jitter, giveUpAfter });
    log(end.event);
    return this.#note(message.id, attempts, end);
  }

  #note(id: number, attempts: number, end: Conclusion): Step {
    try {
      end.note(this.#parts.outbox);
    } catch (error) {
      const failed = this.#outboxFailed(end.as, error);
      const [until, settled] = end.as === "postponed" ? [end.until, null] : [failed.until, end];
      this.#unnoted = { id, attempts, until, settled };
      return failed;
    }
    this.#unnoted = null;
    this.#outboxFailures = 0;
    return end.as === "postponed" ? { did: "postponed", until: end.until } : { did: end.as };
  }

  #outboxFailed(
    doing: OutboxFailedEvent["doing"],
    failure: unknown,
  ): { readonly did: "outbox-failed"; readonly until: EpochMs } {
    const { channel, clock, log, random } = this.#parts;
    this.#outboxFailures += 1;
    const attempts = this.#outboxFailures;
    const wait = nextWait({ attempts, retryAfter: null, jitter: random() });
    const until = clock.now() + Math.min(wait, OUTBOX_PAUSE_AT_MOST);
    const error = messageOf(failure);
    log({ event: "outbox-failed", channel: channel.name, doing, error, nextAttemptAt: until });
    return { did: "outbox-failed", until };
  }
}

/** null if it is due. */
function waitsUntil(message: OutboxMessage, unnoted: Unnoted | null, now: EpochMs): EpochMs | null {
  const ahead = [message.nextAttemptAt, unnoted?.until ?? 0].filter((at) => isAhead(at, now));
  return ahead.length === 0 ? null : Math.max(...ahead);
}

/** Further ahead than any wait can be, it was noted before the wall clock was set back: it is due. */
function isAhead(at: EpochMs, now: EpochMs): boolean {
  return at > now && at - now <= LONGEST_WAIT;
}

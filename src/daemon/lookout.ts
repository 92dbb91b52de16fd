import {
  AT_REST,
  expectTurn,
  lookBegins,
  lookDueAt,
  lookEnds,
  notice,
  type Attention,
} from "../domain/attention.ts";
import { urgencyOf, type Urgency } from "../domain/engine-event.ts";
import type { EpochMs, Milliseconds, SubjectKey } from "../domain/ids.ts";
import type { Clock } from "./clock.ts";
import type { EngineLink } from "./engine-link.ts";
import { followEvents, type FollowEvent, type FollowParts } from "./follow.ts";

export interface LookoutParts {
  /** Asks for a look. */
  readonly look: () => void;
  /** Subjects of the heal that is under way in this process: it asks for a look itself when it ends. */
  readonly healing: () => ReadonlySet<SubjectKey>;
  readonly clock: Clock;
  readonly log: (event: FollowEvent) => void;
}

/** No heal is under way. */
export const NOBODY: ReadonlySet<SubjectKey> = new Set();

/** A timer takes no more than 24 days. */
const FAR_AWAY: Milliseconds = 86_400_000;

/** Asks for a look before the schedule does: soon after an event of the engine's that may have changed something, and when
 *  time alone has. How soon is for `Attention` to say. */
export class Lookout {
  readonly #parts: LookoutParts;
  #attention: Attention = AT_REST;
  #timer: NodeJS.Timeout | undefined;
  #following: { readonly ended: Promise<void>; readonly end: AbortController } | null = null;

  constructor(parts: LookoutParts) {
    this.#parts = parts;
  }

  /** To be told of every look, whoever asked for it. */
  begins(): void {
    this.#turnTo(lookBegins(this.#attention, performance.now()));
  }

  ends(): void {
    this.#turnTo(lookEnds(this.#attention, performance.now()));
  }

  /** When time alone changes something next, by the wall clock; null: never. Any look takes it back. */
  expect(turnAt: EpochMs | null): void {
    const wait = turnAt === null ? null : turnAt - this.#parts.clock.now();
    // What is further away will be said again by many a look.
    const isNear = wait !== null && wait < FAR_AWAY;
    this.#turnTo(expectTurn(this.#attention, isNear ? performance.now() + wait : null));
  }

  /** From now on, unless it does already. `from`: when the last look began. */
  follow(link: EngineLink, from: EpochMs): void {
    if (this.#following !== null) return;
    const { healing, clock, log } = this.#parts;
    const end = new AbortController();
    const parts: FollowParts = {
      link,
      clock,
      log,
      notice: (event) => {
        this.#notice(urgencyOf(event, healing()));
      },
      missed: () => {
        this.#notice("at-once");
      },
    };
    this.#following = { end, ended: followEvents(parts, from, end.signal) };
  }

  /** Follows nothing any more, and asks for nothing. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const following = this.#following;
    following?.end.abort();
    await following?.ended;
    this.#following = null;
  }

  #notice(urgency: Urgency | null): void {
    if (urgency !== null) this.#turnTo(notice(this.#attention, urgency, performance.now()));
  }

  #turnTo(attention: Attention): void {
    // So it is with all but the first of a storm.
    if (attention === this.#attention) return;
    this.#attention = attention;
    clearTimeout(this.#timer);
    const dueAt = lookDueAt(attention);
    if (dueAt === null) return;
    const wait = Math.ceil(Math.max(0, dueAt - performance.now()));
    this.#timer = setTimeout(this.#parts.look, wait);
  }
}

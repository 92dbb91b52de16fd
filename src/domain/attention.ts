import type { Urgency } from "./engine-event.ts";
import type { Milliseconds } from "./ids.ts";

/** Milliseconds of a clock that never jumps. */
type Moment = number;

/** When to look again before the schedule says so. */
export interface Attention {
  /** What was noticed and not looked at yet; null: nothing. */
  readonly noticed: Noticed | null;
  /** When time alone changes something; null: never. */
  readonly turnAt: Moment | null;
  /** When the look that is under way began; null: none is. */
  readonly lookingSince: Moment | null;
  /** No look begins before. */
  readonly restUntil: Moment;
}

interface Noticed {
  readonly firstAt: Moment;
  readonly lookAt: Moment;
  readonly urgency: Urgency;
}

export const AT_REST: Attention = {
  noticed: null,
  turnAt: null,
  lookingSince: null,
  restUntil: -Infinity,
};

/** What one command does together, such as a build of several services, is one look. */
const SOON: Milliseconds = 100;
/** Without a further event for this long, what had begun has come to its end. */
const QUIET: Milliseconds = 500;
/** Where it never becomes quiet. */
const PATIENCE: Milliseconds = 1000;
/** From the beginning of one look to that of the next: a storm of events costs no more than one a second. */
const PACE: Milliseconds = 1000;

export function notice(attention: Attention, urgency: Urgency, now: Moment): Attention {
  const before = attention.noticed;
  if (before?.urgency === "at-once") return attention;
  const firstAt = before?.firstAt ?? now;
  const lookAt =
    urgency === "at-once"
      ? Math.min(before?.lookAt ?? Infinity, now + SOON)
      : Math.min(now + QUIET, firstAt + PATIENCE);
  return { ...attention, noticed: { firstAt, lookAt, urgency } };
}

/** Without a further event there is a look then. */
export function expectTurn(attention: Attention, turnAt: Moment | null): Attention {
  return { ...attention, turnAt };
}

/** Any look, whoever asked for it: it sees all that was noticed until now. */
export function lookBegins(attention: Attention, now: Moment): Attention {
  return { ...attention, noticed: null, turnAt: null, lookingSince: now };
}

/** On an engine that is slow to answer, looks leave it alone for at least as long as they took. */
export function lookEnds(attention: Attention, now: Moment): Attention {
  const began = attention.lookingSince ?? now;
  const restUntil = Math.max(began + PACE, now + (now - began));
  return { ...attention, lookingSince: null, restUntil };
}

/** When the next look is due; null: nothing asks for one, or one is under way. */
export function lookDueAt(attention: Attention): Moment | null {
  const { noticed, turnAt, lookingSince, restUntil } = attention;
  const wantedAt = Math.min(noticed?.lookAt ?? Infinity, turnAt ?? Infinity);
  if (wantedAt === Infinity || lookingSince !== null) return null;
  return Math.max(wantedAt, restUntil);
}

import { formatSpan } from "../domain/duration.ts";
import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { isGivenUp, nextWait } from "./backoff.ts";
import type { Delivery } from "./channel.ts";
import type { DeadLetterEvent, DeliveredEvent, DeliveryPostponedEvent } from "./courier-event.ts";
import type { Outbox, OutboxMessage } from "./outbox.ts";

/** What an attempt means for its message: what to say of it, and what the outbox has to note. */
export type Conclusion = Settled | Postponed;

export interface Settled {
  readonly as: "delivered" | "dead";
  readonly event: DeliveredEvent | DeadLetterEvent;
  readonly note: (outbox: Outbox) => void;
}

export interface Postponed {
  readonly as: "postponed";
  readonly until: EpochMs;
  readonly event: DeliveryPostponedEvent;
  readonly note: (outbox: Outbox) => void;
}

export interface Attempted {
  readonly message: OutboxMessage;
  /** This one included. */
  readonly attempts: number;
  readonly delivery: Delivery;
  readonly now: EpochMs;
  readonly jitter: number;
  readonly giveUpAfter: Milliseconds;
}

export function concluded(attempted: Attempted): Conclusion {
  const { message, attempts, delivery, now, giveUpAfter } = attempted;
  switch (delivery.outcome) {
    case "delivered":
      return {
        as: "delivered",
        event: { event: "delivered", ...about(attempted), answer: delivery.answer },
        note: (outbox) => outbox.delivered(message.id, now),
      };
    case "refused":
      return dead(attempted, delivery.error, delivery.hint);
    case "retry": {
      const age = now - message.createdAt;
      if (!isGivenUp(age, attempts, giveUpAfter)) return postponed(attempted, delivery);
      const tried = `given up after ${attempts} attempts in ${formatSpan(age)}`;
      return dead(attempted, `${tried}: ${delivery.error}`, delivery.hint ?? null);
    }
  }
}

function postponed(
  attempted: Attempted,
  { error, retryAfter, hint }: Extract<Delivery, { outcome: "retry" }>,
): Postponed {
  const { message, attempts, now, jitter } = attempted;
  const until = now + nextWait({ attempts, retryAfter, jitter });
  return {
    as: "postponed",
    until,
    event: {
      event: "delivery-postponed",
      ...about(attempted),
      error,
      ...(hint !== undefined && { hint }),
      nextAttemptAt: until,
    },
    note: (outbox) => outbox.postponed(message.id, until, error),
  };
}

function dead(attempted: Attempted, error: string, hint: string | null): Settled {
  const { message, now } = attempted;
  const text = hint === null ? error : `${error} (${hint})`;
  return {
    as: "dead",
    event: { event: "dead-letter", ...about(attempted), error, hint },
    note: (outbox) => outbox.dead(message.id, now, text),
  };
}

function about({ message, attempts }: Attempted): {
  channel: string;
  message: number;
  attempts: number;
} {
  return { channel: message.channel, message: message.id, attempts };
}

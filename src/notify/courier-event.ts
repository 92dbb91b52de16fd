import type { EpochMs } from "../domain/ids.ts";

interface AboutMessage {
  readonly channel: string;
  /** The message's ID in the outbox. */
  readonly message: number;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

export interface DeliveredEvent extends AboutMessage {
  readonly event: "delivered";
  readonly answer: string;
}

export interface DeliveryPostponedEvent extends AboutMessage {
  readonly event: "delivery-postponed";
  readonly error: string;
  readonly hint?: string;
  readonly nextAttemptAt: EpochMs;
}

/** Given up: nobody will read it in this channel. */
export interface DeadLetterEvent extends AboutMessage {
  readonly event: "dead-letter";
  readonly error: string;
  readonly hint: string | null;
}

/** The outbox could not be read, or could not note what became of a message. */
export interface OutboxFailedEvent {
  readonly event: "outbox-failed";
  readonly channel: string;
  readonly doing: "head" | "delivered" | "postponed" | "dead";
  readonly error: string;
  readonly nextAttemptAt: EpochMs;
}

/** What a courier has to say, for the log and the metrics. */
export type CourierEvent =
  DeliveredEvent | DeliveryPostponedEvent | DeadLetterEvent | OutboxFailedEvent;

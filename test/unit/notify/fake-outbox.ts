import type { EpochMs } from "../../../src/domain/ids.ts";
import type { Bulletin } from "../../../src/domain/news.ts";
import type { Outbox, OutboxMessage } from "../../../src/notify/outbox.ts";

export interface DeadLetter {
  readonly message: OutboxMessage;
  readonly error: string;
}

/** Keeps messages as the state file does, and like it outlives the courier. */
export class FakeOutbox implements Outbox {
  #waiting: OutboxMessage[] = [];
  #lastId = 0;
  /** Like a full disk: nothing can be noted, all can be read. */
  isReadOnly = false;
  /** Like a broken disk. */
  isUnreadable = false;
  heads = 0;
  readonly noted: number[] = [];
  readonly letters: DeadLetter[] = [];
  readonly errors: string[] = [];

  commit(channel: string, bulletin: Bulletin, createdAt: EpochMs = bulletin.at): number {
    // Through JSON, as the state file keeps it.
    const kept = JSON.parse(JSON.stringify(bulletin)) as Bulletin;
    const id = ++this.#lastId;
    this.#waiting.push({
      id,
      channel,
      bulletin: kept,
      createdAt,
      attempts: 0,
      nextAttemptAt: createdAt,
    });
    return id;
  }

  get waiting(): readonly OutboxMessage[] {
    return this.#waiting;
  }

  head(channel: string): OutboxMessage | null {
    this.heads += 1;
    if (this.isUnreadable) throw new Error("disk I/O error");
    return this.#waiting.find((message) => message.channel === channel) ?? null;
  }

  delivered(id: number): void {
    this.#write();
    this.noted.push(id);
    this.#remove(id);
  }

  postponed(id: number, nextAttemptAt: EpochMs, error: string): void {
    this.#write();
    this.errors.push(error);
    this.#waiting = this.#waiting.map((message) =>
      message.id === id ? { ...message, attempts: message.attempts + 1, nextAttemptAt } : message,
    );
  }

  dead(id: number, _now: EpochMs, error: string): void {
    this.#write();
    const message = this.#waiting.find((one) => one.id === id);
    if (message !== undefined) this.letters.push({ message, error });
    this.#remove(id);
  }

  #write(): void {
    if (this.isReadOnly) throw new Error("database or disk is full");
  }

  #remove(id: number): void {
    this.#waiting = this.#waiting.filter((message) => message.id !== id);
  }
}

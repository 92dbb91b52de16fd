import type { Bulletin } from "../../../src/domain/news.ts";
import type { Channel, Delivery } from "../../../src/notify/channel.ts";

export const DELIVERED: Delivery = { outcome: "delivered", answer: "200 ok" };
export const retryAfter = (wait: number | null): Delivery => ({
  outcome: "retry",
  error: "Slack answered 500",
  retryAfter: wait,
});
export const RETRY = retryAfter(null);
export const REFUSED: Delivery = { outcome: "refused", error: "Slack answered 404", hint: "look" };

export type Reply = Delivery | "hangs" | "hangs-on" | (() => Delivery);

/** Replies as told, in order, then always delivers. `hangs` ends at the abort, `hangs-on` not even then. */
export class FakeChannel implements Channel {
  readonly sent: Bulletin[] = [];
  readonly replies: Reply[] = [];
  readonly name: string;

  constructor(name: string, ...replies: readonly Reply[]) {
    this.name = name;
    this.replies.push(...replies);
  }

  takes(): boolean {
    return true;
  }

  async send(bulletin: Bulletin, signal: AbortSignal): Promise<Delivery> {
    this.sent.push(bulletin);
    const reply = this.replies.shift() ?? DELIVERED;
    if (typeof reply === "function") return reply();
    if (typeof reply === "object") return reply;
    return new Promise((_, reject) => {
      if (reply === "hangs") signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  }
}

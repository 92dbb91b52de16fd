import type { Milliseconds } from "../domain/ids.ts";
import type { Bulletin, NewsItem } from "../domain/news.ts";

/** How a delivery ended. `retry` comes with the wait that the other side asked for, if it did. */
export type Delivery =
  | { readonly outcome: "delivered"; readonly answer: string }
  | {
      readonly outcome: "retry";
      readonly error: string;
      readonly retryAfter: Milliseconds | null;
      /** What a person could do about it, where waiting may not be enough. */
      readonly hint?: string;
    }
  | { readonly outcome: "refused"; readonly error: string; readonly hint: string };

/** A way to reach people. Sends what it is given: routing is done before. Never throws for what the other side does;
 *  an abort rejects. */
export interface Channel {
  readonly name: string;
  /** Whether the scheduled report goes through it. */
  readonly reports?: boolean;
  /** Whether it takes this piece of news, by its settings `only` and `projects`. */
  takes(item: NewsItem): boolean;
  send(bulletin: Bulletin, signal: AbortSignal): Promise<Delivery>;
}

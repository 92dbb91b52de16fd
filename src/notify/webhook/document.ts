import type { Bulletin, NewsItem } from "../../domain/news.ts";
import { headline } from "../headline.ts";
import { messageId } from "../message-id.ts";
import { engineName, plainText } from "../plain-text.ts";
import { newsDocument, type NewsDocument } from "./news-document.ts";
import { isoTime } from "./encode.ts";

/** What the format `generic` posts; docs/webhook.schema.json says the same. Only ever added to: whatever changes or
 *  removes a key is another `schemaVersion`. */
export interface WebhookDocument {
  readonly schemaVersion: 1;
  /** Of the message: the same when it is sent again. */
  readonly id: string;
  readonly engine: string;
  readonly at: string;
  /** `1 container stale, 2 containers resolved` */
  readonly headline: string;
  /** All of it in words, for people. */
  readonly text: string;
  readonly statusUrl: string | null;
  readonly news: readonly NewsDocument[];
  /** How many more there were than `news` has room for. */
  readonly leftOut: number;
}

/** A host with more than that has one problem, not a thousand; receivers often take a megabyte at most. */
const NEWS_AT_MOST = 500;
const TEXT_ROOM = 8000;

export function webhookDocument(bulletin: Bulletin, statusUrl: string | null): WebhookDocument {
  const news = mostImportant(bulletin);
  return {
    schemaVersion: 1,
    id: messageId(bulletin),
    engine: engineName(bulletin.engine),
    at: isoTime(bulletin.at),
    headline: headline(bulletin.items),
    text: plainText(bulletin, TEXT_ROOM),
    statusUrl,
    news: news.map(newsDocument),
    leftOut: bulletin.items.length - news.length,
  };
}

/** An end that is left out would leave an incident open for ever with whoever keeps account, so ends go first. */
function mostImportant({ items }: Bulletin): readonly NewsItem[] {
  if (items.length <= NEWS_AT_MOST) return items;
  const rank = ({ kind }: NewsItem): number => (kind === "resolved" || kind === "healed" ? 0 : 1);
  return [...items].sort((a, b) => rank(a) - rank(b)).slice(0, NEWS_AT_MOST);
}

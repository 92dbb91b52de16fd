import { createHash } from "node:crypto";
import type { EpochMs } from "../../domain/ids.ts";
import type { Bulletin, NewsItem } from "../../domain/news.ts";

/** What a thread of mails is about: an incident, an outage of the engine, or one thing of its own. */
interface Matter {
  readonly key: string;
  readonly since: EpochMs;
  readonly item: NewsItem;
}

export interface Thread {
  /** The news that the thread began with, or goes on about. */
  readonly oldest: NewsItem;
  /** The IDs that stand for the beginnings of all threads that the mail belongs to, that of the oldest first. No mail
   *  has such an ID: a thread need not begin with the first mail of its incident, which may be in an older one's. */
  readonly roots: readonly string[];
  /** The mail's own ID: the same whenever and to whomever the same bulletin is sent, so that whoever gets it twice
   *  can tell. */
  readonly messageId: string;
}

/** Some servers refuse headers of a hundred kilobytes. */
const ROOTS_AT_MOST = 20;

/** Which thread a mail belongs to. `domain` is the sender's; null where there is nothing to say. */
export function threadOf(bulletin: Bulletin, domain: string): Thread {
  const matters = bulletin.items
    .map((item): Matter => ({ item, ...matterOf(item, bulletin) }))
    .toSorted((a, b) => a.since - b.since || compare(a.key, b.key));
  const keys = [...new Set(matters.map(({ key }) => key))];
  return {
    oldest: matters[0]?.item ?? { kind: "test" },
    roots: keys.slice(0, ROOTS_AT_MOST).map((key) => idOf("thread", key, domain)),
    messageId: idOf("mail", JSON.stringify(bulletin), domain),
  };
}

function matterOf(item: NewsItem, { engine, at }: Bulletin): Pick<Matter, "key" | "since"> {
  if ("incident" in item) return { key: item.incident, since: item.divergedSince };
  if ("since" in item) return { key: `outage ${engine} ${item.since}`, since: item.since };
  return { key: `${item.kind} ${engine} ${at}`, since: at };
}

/** Hashed, because an incident's ID is a text like any other. */
function idOf(kind: "thread" | "mail", key: string, domain: string): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `<stalewatch.${kind}.${hash}@${domain}>`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

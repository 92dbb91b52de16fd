import { accountOf } from "../domain/heal/heal-news.ts";
import type { Bulletin } from "../domain/news.ts";
import { healExtras } from "../heal/extras.ts";
import type { Account } from "../state/heal-book.ts";
import type { Posting } from "../state/outbox-table.ts";

/** What is told of heals: committed with their ends, and given to `told` for the log. */
export function healAccounts(
  engine: string,
  route: (bulletin: Bulletin) => readonly Posting[],
  told: (bulletin: Bulletin) => void,
): Account {
  return (record, end, incident, now) => {
    const account = accountOf(record, end, healExtras(record), incident, now);
    if (account.news.length === 0) return { incident: account.incident, postings: [] };
    const bulletin: Bulletin = { engine, at: now, items: account.news };
    told(bulletin);
    return { incident: account.incident, postings: route(bulletin) };
  };
}

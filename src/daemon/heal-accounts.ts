import { accountOf, type HealExtras } from "../domain/heal/heal-news.ts";
import type { HealRecord } from "../domain/heal/record.ts";
import type { Bulletin } from "../domain/news.ts";
import { lookAt } from "../heal/look.ts";
import type { Account } from "../state/heal-book.ts";
import type { JournalRecord } from "../state/heal-table.ts";
import type { Posting } from "../state/outbox-table.ts";

/** What is told of heals: committed with their ends, and given to `told` for the log. */
export function healAccounts(
  engine: string,
  route: (bulletin: Bulletin) => readonly Posting[],
  told: (bulletin: Bulletin) => void,
): Account {
  return (record, end, incident, now) => {
    const account = accountOf(record, end, extrasOf(record), incident, now);
    if (account.news.length === 0) return { incident: account.incident, postings: [] };
    const bulletin: Bulletin = { engine, at: now, items: account.news };
    told(bulletin);
    return { incident: account.incident, postings: route(bulletin) };
  };
}

function extrasOf(record: JournalRecord): HealExtras {
  if (record.method !== "engine" || !("replacement" in record))
    return { carried: [], dependents: [] };
  const { replacement, dependents } = record as HealRecord;
  return {
    carried: replacement.carried,
    dependents: dependents.map(({ old }) => lookAt(old).name),
  };
}

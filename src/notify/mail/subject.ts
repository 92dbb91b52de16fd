import type { NewsItem } from "../../domain/news.ts";
import { headerText } from "../encode/mail-text.ts";

const ENGINE_LENGTH = 60;
const NAME_LENGTH = 80;

/** The subject of a thread. All its mails have it, from "stale" to "resolved": most clients take another subject for
 *  another thread. So it names the matter and not the news, which the first line of the mail says. */
export function subjectOf(engine: string, oldest: NewsItem): string {
  return `${headerText(engine, ENGINE_LENGTH) || "an engine without a name"}: ${matter(oldest)}`;
}

function matter(item: NewsItem): string {
  if ("incident" in item)
    return `stale container ${headerText(item.affected.container, NAME_LENGTH) || "without a name"}`;
  switch (item.kind) {
    case "engine-unreachable":
    case "engine-back":
      return "engine unreachable";
    case "breaker":
      return "nothing is healed";
    case "test":
      return "a test message";
  }
}

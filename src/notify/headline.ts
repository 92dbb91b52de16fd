import type { NewsItem } from "../domain/news.ts";

/** What a bulletin says in a few words of our own: `2 containers stale, 1 resolved`. */
export function headline(items: readonly NewsItem[]): string {
  const count = (kind: NewsItem["kind"]): number =>
    items.filter((item) => item.kind === kind).length;
  const parts = [
    count("engine-unreachable") > 0 ? "the engine gives no answer" : "",
    count("engine-back") > 0 ? "the engine answers again" : "",
    counted(count("stale"), "stale"),
    counted(count("reminder"), "still stale"),
    counted(count("healed"), "healed"),
    counted(count("heal-failed"), "could not be healed"),
    counted(count("heal-refused"), "left stale"),
    counted(count("heal-postponed"), "waiting for a heal"),
    count("breaker") > 0 ? "nothing is healed" : "",
    counted(count("resolved"), "resolved"),
    count("test") > 0 ? "a test message" : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing to report" : parts.join(", ");
}

function counted(count: number, state: string): string {
  if (count === 0) return "";
  return `${String(count)} ${count === 1 ? "container" : "containers"} ${state}`;
}

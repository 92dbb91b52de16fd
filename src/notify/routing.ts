import type { Bulletin, NewsItem } from "../domain/news.ts";
import type { Kind } from "../domain/kinds.ts";
import { anyGlob } from "../domain/glob.ts";
import type { Channel } from "./channel.ts";

/** What a channel wants to hear of. */
export interface Intake {
  /** Kinds of news; null for all. */
  readonly only: readonly Kind[] | null;
  /** Globs of Compose projects; null for all. News of no project, of the engine say, passes any. */
  readonly projects: readonly string[] | null;
}

export interface Routed {
  readonly channel: Channel;
  /** With nothing in it but what the channel takes. */
  readonly bulletin: Bulletin;
}

export interface Routing {
  readonly routed: readonly Routed[];
  /** What no channel takes. */
  readonly untaken: readonly NewsItem[];
}

export function taking({ only, projects }: Intake): (item: NewsItem) => boolean {
  const matches = projects === null ? () => true : anyGlob(projects);
  return (item) => {
    const project = projectOf(item);
    return (only === null || only.includes(item.kind)) && (project === null || matches(project));
  };
}

/** Every channel's own bulletin; a channel that takes nothing of it gets none. */
export function route(bulletin: Bulletin, channels: readonly Channel[]): Routing {
  const routed = channels
    .map((channel) => ({ channel, items: bulletin.items.filter((item) => channel.takes(item)) }))
    .filter(({ items }) => items.length > 0)
    .map(({ channel, items }) => ({ channel, bulletin: { ...bulletin, items } }));
  const taken = new Set(routed.flatMap((one) => one.bulletin.items));
  return { routed, untaken: bulletin.items.filter((item) => !taken.has(item)) };
}

function projectOf(item: NewsItem): string | null {
  return "affected" in item ? item.affected.project : null;
}

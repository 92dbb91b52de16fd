import type { Bulletin } from "../domain/news.ts";
import type { Channel } from "../notify/channel.ts";
import { route } from "../notify/routing.ts";
import type { Posting } from "../state/outbox-table.ts";
import type { Log } from "./log.ts";

/** A bulletin as what each channel is to say of it. News that no channel takes is logged. */
export function postingsFor(
  channels: readonly Channel[],
  log: Log | null = null,
): (bulletin: Bulletin) => readonly Posting[] {
  return (bulletin) => {
    const { routed, untaken } = route(bulletin, channels);
    if (untaken.length > 0 && channels.length > 0)
      log?.info("untaken", "no channel takes this news", {
        kinds: untaken.map(({ kind }) => kind),
      });
    return routed.map(({ channel, bulletin: part }) => ({ channel: channel.name, bulletin: part }));
  };
}

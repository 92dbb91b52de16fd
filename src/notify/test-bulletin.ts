import type { EpochMs } from "../domain/ids.ts";
import type { Bulletin } from "../domain/news.ts";

/** What is sent to try a channel: it says that it is a test. */
export function testBulletin(engine: string, now: EpochMs): Bulletin {
  return { engine, at: now, items: [{ kind: "test" }] };
}

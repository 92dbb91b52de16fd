import type { EpochMs, Milliseconds } from "../domain/ids.ts";
import { collectFacts, versionOf, type Facts, type PastSource } from "./facts.ts";
import { pageReply, textReply, type Reply } from "./http/reply.ts";
import type { Filter } from "./page/containers.ts";
import { historyPage, overviewPage, type PageInput } from "./page/frame.ts";
import type { Sight } from "./sight.ts";
import type { LastDeliveries } from "./tallies.ts";

export interface ViewParts {
  readonly sight: () => Sight | null;
  readonly past: PastSource & { version(): string };
  readonly deliveries: LastDeliveries;
  readonly now: () => EpochMs;
}

/** How old a page may be that nothing changed on: ages on it are in minutes. */
const KEPT: Milliseconds = 20_000;
/** More filters at once are not kept. */
const PAGES_KEPT = 8;

interface Kept extends PageInput {
  readonly sight: Sight;
  readonly pastVersion: string;
  readonly pages: Map<string, Reply>;
}

/** The pages, each made once for all who ask for it, and only when somebody does. */
export class Views {
  readonly #parts: ViewParts;
  #kept: Kept | null = null;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  overview(filter: Filter): Reply {
    const key = JSON.stringify([filter.verdict, filter.project]);
    return this.#page(key, (input) => overviewPage(input, filter));
  }

  history(): Reply {
    return this.#page("history", historyPage);
  }

  /** null before the first scan has ended. */
  facts(): Facts | null {
    return this.#current()?.facts ?? null;
  }

  /** Of what would be shown now. */
  version(): string {
    return this.#current()?.version ?? "none";
  }

  #page(key: string, make: (input: PageInput) => string): Reply {
    const current = this.#current();
    if (current === null) return NOT_YET;
    const found = current.pages.get(key);
    if (found !== undefined) return found;
    const made = pageReply(make(current));
    if (current.pages.size < PAGES_KEPT) current.pages.set(key, made);
    return made;
  }

  #current(): Kept | null {
    const { past, deliveries, now } = this.#parts;
    const sight = this.#parts.sight();
    if (sight === null) return null;
    const [at, pastVersion] = [now(), past.version()];
    const kept = this.#kept;
    const isFresh = kept !== null && at >= kept.now && at - kept.now < KEPT;
    if (isFresh && kept.sight === sight && kept.pastVersion === pastVersion) return kept;
    const facts = collectFacts(sight, past, deliveries, at);
    const version = versionOf(facts);
    this.#kept = { facts, version, now: at, sight, pastVersion, pages: new Map() };
    return this.#kept;
  }
}

const NOT_YET = textReply(503, "nothing is known yet: the first scan is under way", {
  "retry-after": "2",
  refresh: "2",
});

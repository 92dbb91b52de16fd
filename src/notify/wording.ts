import { formatSpan } from "../domain/duration.ts";
import { BLOCK_TEXT } from "../domain/explain.ts";
import { shortId, type EpochMs, type Milliseconds } from "../domain/ids.ts";
import type {
  Affected,
  BreakerNews,
  EngineBackNews,
  EngineUnreachableNews,
  HealedNews,
  HealFailedNews,
  HealPostponedNews,
  HealRefusedNews,
  NewsItem,
  ReminderNews,
  ResolvedNews,
  StaleNews,
} from "../domain/news.ts";
import { isSane } from "../domain/observation.ts";
import { quote } from "../domain/remedy.ts";
import { name, own, prose, say, status, time, type Phrase } from "./phrase.ts";

/** One piece of news in words, the same for every channel. */
export interface Paragraph {
  /** What to call it where there is no room for more. */
  readonly label: string;
  readonly what: Phrase;
  readonly details: readonly Phrase[];
  /** Lines of a log, oldest first; absent where there are none. */
  readonly logs?: readonly string[];
  /** To be typed: the first that the sink can show exactly. Empty where nothing is to be done. */
  readonly commands: readonly string[];
}

/** Where whatever was left out can be seen. */
export const LOOK = "stalewatch check";

/** Only so many warnings of one container: the command shows them all. */
const WARNINGS_SHOWN = 2;

export function paragraphOf(item: NewsItem, at: EpochMs): Paragraph {
  switch (item.kind) {
    case "stale":
      return stale(item, at);
    case "reminder":
      return reminder(item, at);
    case "healed":
      return healed(item, at);
    case "heal-failed":
      return healFailed(item, at);
    case "heal-refused":
      return healRefused(item, at);
    case "heal-postponed":
      return healPostponed(item, at);
    case "breaker":
      return breaker(item);
    case "resolved":
      return resolved(item);
    case "engine-unreachable":
      return engineUnreachable(item, at);
    case "engine-back":
      return engineBack(item);
    case "test":
      return TEST;
  }
}

function stale(item: StaleNews, at: EpochMs): Paragraph {
  return {
    label: item.affected.container,
    what: say`${status("Stale:")} ${who(item.affected)} does not run its newest image`,
    details: [
      images(item.affected, at),
      since(item.divergedSince, at),
      say`why: ${prose(item.reason)}`,
      next(item),
      ...warnings(item.warnings),
    ],
    commands: commandsFor(item),
  };
}

function reminder(item: ReminderNews, at: EpochMs): Paragraph {
  return {
    label: item.affected.container,
    what: say`${status("Still stale:")} ${who(item.affected)}, reminder ${own(String(item.count))}`,
    details: [since(item.divergedSince, at), say`why: ${prose(item.reason)}`, next(item)],
    commands: commandsFor(item),
  };
}

function healed(item: HealedNews, at: EpochMs): Paragraph {
  const { affected, carried, dependents, downtime } = item;
  return {
    label: affected.container,
    what: say`${status("Healed:")} ${who(affected)} was recreated and runs its newest image`,
    details: [
      images(affected, at, "ran"),
      since(item.divergedSince, at),
      ...(downtime === null ? [] : [say`downtime: ${own(seconds(downtime))}`]),
      ...(carried.length === 0 ? [] : [say`carried over: ${prose(carried.join("; "), 400)}`]),
      ...(dependents.length === 0
        ? []
        : [say`recreated with it: ${prose(dependents.join(", "), 400)}`]),
      ...warnings(item.warnings),
      say`next: nothing is left to do`,
    ],
    commands: [],
  };
}

/** Only so many lines of a log: the history keeps them all. */
const LOG_LINES_SHOWN = 6;

const TRIED_AGAIN = "it is tried again later";

function healFailed(item: HealFailedNews, at: EpochMs): Paragraph {
  const { affected, outcome, quarantined, next = TRIED_AGAIN, reason, remedy, logs } = item;
  return {
    label: affected.container,
    what: say`${status("Heal failed:")} ${who(affected)} could not be recreated`,
    details: [
      images(affected, at),
      since(item.divergedSince, at),
      say`why: ${prose(reason, 400)}`,
      say`now: ${prose(outcome)}`,
      quarantined
        ? say`next: this image is not tried again here until a newer one is built, or somebody forces it`
        : say`next: ${prose(next)}`,
    ],
    logs: logs.slice(-LOG_LINES_SHOWN),
    commands: commandsFor({ remedy, affected }),
  };
}

function healRefused(item: HealRefusedNews, at: EpochMs): Paragraph {
  const { affected, reason, remedy } = item;
  return {
    label: affected.container,
    what: say`${status("Heal refused:")} ${who(affected)} is stale and is not recreated by stalewatch`,
    details: [
      images(affected, at),
      since(item.divergedSince, at),
      say`why: ${prose(reason, 400)}`,
      say`next: nothing happens by itself, the container goes on running as it is`,
    ],
    commands: commandsFor({ remedy, affected }),
  };
}

function healPostponed(item: HealPostponedNews, at: EpochMs): Paragraph {
  const { affected, postponed, remedy } = item;
  return {
    label: affected.container,
    what: say`${status("Heal postponed:")} ${who(affected)} is stale, but is built again too often to be healed`,
    details: [
      images(affected, at),
      since(item.divergedSince, at),
      say`why: every build starts the grace anew, for ${own(formatSpan(postponed))} so far`,
      say`next: it is healed once no build comes for one grace; a shorter grace helps`,
    ],
    commands: commandsFor({ remedy, affected }),
  };
}

function breaker({ limit, due }: BreakerNews): Paragraph {
  return {
    label: "breaker",
    what: say`${status("Nothing is healed:")} too many services are stale at once`,
    details: [
      say`due: ${prose(due.join(", "), 400)}`,
      say`why: more than ${own(String(limit))} services (heal.breaker) are due, which looks like a larger fault than missed recreates`,
      say`next: alerts go on, heals wait until fewer are due`,
    ],
    commands: ["stalewatch heal --dry-run", LOOK],
  };
}

function seconds(length: Milliseconds): string {
  return `${(length / 1000).toFixed(1)} s`;
}

function resolved(item: ResolvedNews): Paragraph {
  return {
    label: item.affected.container,
    what: say`${status("Resolved:")} ${who(item.affected)} is no longer stale`,
    details: [
      say`how: ${prose(item.detail)}`,
      say`lasted: ${own(formatSpan(item.lasted))}, since ${time(item.divergedSince)}`,
      say`next: nothing is left to do`,
    ],
    commands: [],
  };
}

function engineUnreachable(item: EngineUnreachableNews, at: EpochMs): Paragraph {
  return {
    label: "engine unreachable",
    what: say`${status("Engine unreachable:")} it gives no answer, so nothing is known of its containers`,
    details: [
      since(item.since, at),
      say`why: ${name(item.cause, 300)} (${own(String(item.failedScans))} scans in a row failed)`,
      say`next: stalewatch goes on asking and says when it is back`,
    ],
    commands: [LOOK],
  };
}

function engineBack(item: EngineBackNews): Paragraph {
  return {
    label: "engine back",
    what: say`${status("Engine back:")} it answers again, and its containers are watched again`,
    details: [
      say`lasted: ${own(formatSpan(item.lasted))}, since ${time(item.since)}`,
      say`next: nothing is left to do`,
    ],
    commands: [],
  };
}

const TEST: Paragraph = {
  label: "test",
  what: say`${status("Test:")} somebody tried whether messages of stalewatch arrive here`,
  details: [say`next: nothing is wrong, and nothing is to be done`],
  commands: [],
};

function who({ container, project, service }: Affected): Phrase {
  const parts = [
    ...(project === null ? [] : [say`project ${name(project, 60)}`]),
    ...(service === null ? [] : [say`service ${name(service, 60)}`]),
  ];
  const [first, second] = parts;
  if (first === undefined) return say`${name(container)}`;
  return second === undefined
    ? say`${name(container)} (${first})`
    : say`${name(container)} (${first}, ${second})`;
}

function since(from: EpochMs, at: EpochMs): Phrase {
  return say`since: ${time(from)} (${own(formatSpan(at - from))})`;
}

function images({ running, newest }: Affected, at: EpochMs, runs: "runs" | "ran" = "runs"): Phrase {
  const revision = newest.revision === null ? [] : say`, revision ${name(newest.revision, 40)}`;
  return say`images: ${own(runs)} ${name(shortId(running.id))} ${built(running.createdAt, at)}; newest is ${name(
    newest.tag,
    120,
  )} = ${name(shortId(newest.id))} ${built(newest.createdAt, at)}${revision}`;
}

function built(createdAt: EpochMs | null, at: EpochMs): Phrase {
  return isSane(createdAt, at) ? say`built ${time(createdAt)}` : say`built nobody knows when`;
}

function next({ mode, healBlockedBy }: Pick<StaleNews, "mode" | "healBlockedBy">): Phrase {
  if (mode === "alert" || healBlockedBy === "mode")
    return say`next: alert only, nothing is recreated by itself`;
  return healBlockedBy === null
    ? say`next: it is recreated on its newest image once its grace is over and no newer build comes`
    : say`next: not recreated by itself, heal blocked by ${own(healBlockedBy)}: ${own(BLOCK_TEXT[healBlockedBy])}`;
}

function warnings(all: readonly string[]): Phrase[] {
  const more = all.length - WARNINGS_SHOWN;
  return [
    ...all.slice(0, WARNINGS_SHOWN).map((warning) => say`warning: ${prose(warning)}`),
    ...(more > 0 ? [say`warnings left out: ${own(String(more))}`] : []),
  ];
}

function commandsFor({ remedy, affected }: Pick<StaleNews, "remedy" | "affected">): string[] {
  return [...(remedy === null ? [] : [remedy]), `${LOOK} ${quote(affected.container)}`, LOOK];
}

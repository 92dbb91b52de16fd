import { formatSpan } from "../domain/duration.ts";
import { BLOCK_TEXT } from "../domain/explain.ts";
import { shortId, type EpochMs } from "../domain/ids.ts";
import type {
  Affected,
  EngineBackNews,
  EngineUnreachableNews,
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

function images({ running, newest }: Affected, at: EpochMs): Phrase {
  const revision = newest.revision === null ? [] : say`, revision ${name(newest.revision, 40)}`;
  return say`images: runs ${name(shortId(running.id))} ${built(running.createdAt, at)}; newest is ${name(
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
    ? say`next: not recreated by itself, this version only alerts`
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

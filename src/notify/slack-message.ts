import type { Bulletin } from "../domain/news.ts";
import { clip } from "./encode/clip.ts";
import { code, mrkdwn } from "./encode/mrkdwn.ts";
import { plain } from "./encode/plain.ts";
import type { Fitted, Room } from "./fit.ts";
import {
  CLOSING,
  fittedGroups,
  groupsOf,
  isCut,
  namesLeft,
  type Group,
  type GroupKind,
  type Rendering,
} from "./groups.ts";
import { headline } from "./headline.ts";
import { asFallback, asMrkdwn, phraseAsMrkdwn, slackTime } from "./slack-phrase.ts";

type TextObject =
  | { readonly type: "plain_text"; readonly text: string; readonly emoji: false }
  // `verbatim`: Slack makes no link, channel or mention of a text that merely looks like one.
  | { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };

export type SlackBlock =
  | { readonly type: "header" | "section"; readonly text: TextObject }
  | { readonly type: "context"; readonly elements: readonly TextObject[] }
  | { readonly type: "divider" };

export interface SlackMessage {
  /** For notifications, screen readers and clients that know no blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Slack takes 50 blocks, and refuses a message somewhere above 13,000 characters, which it does not document. */
const BLOCKS_AT_MOST = 50;
const FALLBACK_ROOM = 2300;
const BLOCKS_ROOM = 6800;
/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;
const HEADER_LENGTH = 150;
const ENGINE_LENGTH = 70;
const LABEL_LENGTH = 60;
const NAMELESS = "an engine without a name";

/** One message for all that a bulletin says, within Slack's limits whatever it says. */
export function slackMessage(bulletin: Bulletin): SlackMessage {
  const groups = groupsOf(bulletin);
  return { text: fallbackOf(bulletin, groups), blocks: blocksOf(bulletin, groups) };
}

function blocksOf(bulletin: Bulletin, groups: readonly Group[]): SlackBlock[] {
  const engine = plain(bulletin.engine, ENGINE_LENGTH) || NAMELESS;
  const title = clip(`${engine}: ${headline(bulletin.items)}`, HEADER_LENGTH);
  // Fewer than fit, because a divider goes before each group, a header and a footer around all.
  const texts = Math.floor((BLOCKS_AT_MOST - 2) / Math.max(1, groups.length)) - 1;
  const label = (name: string): string => code(name, LABEL_LENGTH);
  const rendering = { paragraph: asMrkdwn, label };
  const sections = fitted(groups, rendering, BLOCKS_ROOM, texts).flatMap(([kind, parts]) => [
    { type: "divider" } as const,
    ...sectionsOf(kind, [...parts.full, ...closing(kind, parts)]),
  ]);
  const footer = `stalewatch, as of ${slackTime(bulletin.at)}`;
  return [
    { type: "header", text: { type: "plain_text", text: title, emoji: false } },
    ...sections,
    { type: "context", elements: [{ type: "mrkdwn", text: footer, verbatim: true }] },
  ];
}

/** A reminder is one block, however many incidents are open; other news has one each. */
function sectionsOf(kind: GroupKind, texts: readonly string[]): SlackBlock[] {
  const bodies = kind === "reminder" ? [texts.join("\n\n")] : texts;
  return bodies.map((text) => ({
    type: "section",
    text: { type: "mrkdwn", text, verbatim: true },
  }));
}

function fallbackOf(bulletin: Bulletin, groups: readonly Group[]): string {
  const label = (name: string): string => mrkdwn(name, LABEL_LENGTH);
  const rendering = { paragraph: asFallback, label };
  const texts = fitted(groups, rendering, FALLBACK_ROOM, Infinity).flatMap(([kind, parts]) => [
    ...parts.full,
    ...closing(kind, parts).map((text) => text.replaceAll(/[*`]/g, "")),
  ]);
  // A colon of its own would make an emoji with the one behind it.
  const engine = mrkdwn(bulletin.engine, ENGINE_LENGTH).replaceAll(":", "∶") || NAMELESS;
  return [`${engine}: ${headline(bulletin.items)}`, ...texts].join("\n\n");
}

function fitted(
  groups: readonly Group[],
  rendering: Rendering,
  room: number,
  texts: number,
): [GroupKind, Fitted][] {
  return fittedGroups(groups, rendering, room, (kind, length) =>
    kind === "reminder" ? inOneSection(length) : { length, texts },
  );
}

function inOneSection(length: number): Room {
  return { length: Math.min(length, SECTION_ROOM), texts: Infinity };
}

function closing(kind: GroupKind, fitted: Fitted): string[] {
  if (!isCut(fitted)) return [];
  const { also, rest } = CLOSING[kind];
  return [`*${also}, without the details:* ${namesLeft(fitted)}. ${phraseAsMrkdwn(rest)}.`];
}

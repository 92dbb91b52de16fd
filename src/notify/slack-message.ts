import { mentionText, type Mention } from "../domain/mention.ts";
import type { Bulletin } from "../domain/news.ts";
import { clip } from "./encode/clip.ts";
import { code, link, mrkdwn } from "./encode/mrkdwn.ts";
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

/** What the configuration adds to what is said. */
export interface SlackExtras {
  readonly mention: { readonly whom: Mention; readonly on: readonly GroupKind[] } | null;
  /** The status page's public URL. */
  readonly statusUrl: string | null;
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

const NOTHING_ADDED: SlackExtras = { mention: null, statusUrl: null };

/** One message for all that a bulletin says, within Slack's limits whatever it says. */
export function slackMessage(bulletin: Bulletin, extras = NOTHING_ADDED): SlackMessage {
  const groups = groupsOf(bulletin);
  const mention = mentionIn(groups, extras);
  return {
    text: fallbackOf(bulletin, groups, mention),
    blocks: blocksOf(bulletin, groups, { mention, statusUrl: extras.statusUrl }),
  };
}

function mentionIn(groups: readonly Group[], { mention }: SlackExtras): string | null {
  if (mention === null || !groups.some(({ kind }) => mention.on.includes(kind))) return null;
  return mentionText(mention.whom);
}

interface Added {
  readonly mention: string | null;
  readonly statusUrl: string | null;
}

function blocksOf(
  bulletin: Bulletin,
  groups: readonly Group[],
  { mention, statusUrl }: Added,
): SlackBlock[] {
  const engine = plain(bulletin.engine, ENGINE_LENGTH) || NAMELESS;
  const title = clip(`${engine}: ${headline(bulletin.items)}`, HEADER_LENGTH);
  // Fewer than fit, because a divider goes before each group, a header, a mention and a footer around all.
  const texts = Math.floor((BLOCKS_AT_MOST - 3) / Math.max(1, groups.length)) - 1;
  const label = (name: string): string => code(name, LABEL_LENGTH);
  const rendering = { paragraph: asMrkdwn, label };
  const sections = fitted(groups, rendering, BLOCKS_ROOM, texts).flatMap(([kind, parts]) => [
    { type: "divider" } as const,
    ...sectionsOf(kind, [...parts.full, ...closing(kind, parts)]),
  ]);
  const page = statusUrl === null ? "" : `, ${link(statusUrl, "status page")}`;
  const footer = `stalewatch, as of ${slackTime(bulletin.at)}${page}`;
  return [
    { type: "header", text: { type: "plain_text", text: title, emoji: false } },
    ...(mention === null ? [] : [section(mention)]),
    ...sections,
    { type: "context", elements: [{ type: "mrkdwn", text: footer, verbatim: true }] },
  ];
}

/** A reminder is one block, however many incidents are open; other news has one each. */
function sectionsOf(kind: GroupKind, texts: readonly string[]): SlackBlock[] {
  const bodies = kind === "reminder" ? [texts.join("\n\n")] : texts;
  return bodies.map(section);
}

function section(text: string): SlackBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function fallbackOf(bulletin: Bulletin, groups: readonly Group[], mention: string | null): string {
  const label = (name: string): string => mrkdwn(name, LABEL_LENGTH);
  const rendering = { paragraph: asFallback, label };
  const texts = fitted(groups, rendering, FALLBACK_ROOM, Infinity).flatMap(([kind, parts]) => [
    ...parts.full,
    ...closing(kind, parts).map((text) => text.replaceAll(/[*`]/g, "")),
  ]);
  // A colon of its own would make an emoji with the one behind it.
  const engine = mrkdwn(bulletin.engine, ENGINE_LENGTH).replaceAll(":", "∶") || NAMELESS;
  const call = mention === null ? "" : ` ${mention}`;
  return [`${engine}: ${headline(bulletin.items)}${call}`, ...texts].join("\n\n");
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

import type { Bulletin, NewsItem } from "../domain/news.ts";
import { clip } from "./encode/clip.ts";
import { code, mrkdwn } from "./encode/mrkdwn.ts";
import { plain } from "./encode/plain.ts";
import { fit, shareOut, sizeOf, type Candidate, type Fitted, type Room } from "./fit.ts";
import { headline } from "./headline.ts";
import { asFallback, asMrkdwn, slackTime } from "./slack-phrase.ts";
import { LOOK, paragraphOf, type Paragraph } from "./wording.ts";

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

/** In this order, whatever the order of the news. */
const KINDS = [
  "engine-unreachable",
  "engine-back",
  "breaker",
  "heal-failed",
  "heal-refused",
  "heal-postponed",
  "stale",
  "reminder",
  "healed",
  "resolved",
  "test",
] as const satisfies readonly NewsItem["kind"][];
type Kind = (typeof KINDS)[number];

/** What closes a kind that did not fit: before the names, and where to see the rest. */
const CLOSING: Readonly<Record<Kind, readonly [also: string, rest: string]>> = {
  "engine-unreachable": ["Also unreachable", `\`${LOOK}\` tries again`],
  "engine-back": ["Also back", `\`${LOOK}\` shows how things are now`],
  breaker: ["Also", `\`${LOOK}\` lists them all`],
  "heal-failed": ["Also not healed", "`stalewatch history` lists them all"],
  "heal-refused": ["Also left stale", `\`${LOOK}\` lists them all`],
  "heal-postponed": ["Also waiting for a heal", `\`${LOOK}\` lists them all`],
  healed: ["Also healed", "`stalewatch history` lists them all"],
  stale: ["Also stale", `\`${LOOK}\` lists them all`],
  reminder: ["Also still stale", `\`${LOOK}\` lists them all`],
  resolved: ["Also resolved", `\`${LOOK}\` shows how things are now`],
  test: ["Also tests", `\`${LOOK}\` shows how things are now`],
};

interface Group {
  readonly kind: Kind;
  readonly paragraphs: readonly Paragraph[];
}

/** One message for all that a bulletin says, within Slack's limits whatever it says. */
export function slackMessage(bulletin: Bulletin): SlackMessage {
  const groups = KINDS.map((kind) => ({
    kind,
    paragraphs: bulletin.items
      .filter((item) => item.kind === kind)
      .map((item) => paragraphOf(item, bulletin.at)),
  })).filter(({ paragraphs }) => paragraphs.length > 0);
  return { text: fallbackOf(bulletin, groups), blocks: blocksOf(bulletin, groups) };
}

function blocksOf(bulletin: Bulletin, groups: readonly Group[]): SlackBlock[] {
  const engine = plain(bulletin.engine, ENGINE_LENGTH) || NAMELESS;
  const title = clip(`${engine}: ${headline(bulletin.items)}`, HEADER_LENGTH);
  // Fewer than fit, because a divider goes before each group, a header and a footer around all.
  const texts = Math.floor((BLOCKS_AT_MOST - 2) / Math.max(1, groups.length)) - 1;
  const label = (name: string): string => code(name, LABEL_LENGTH);
  const sections = fitted(groups, asMrkdwn, label, BLOCKS_ROOM, texts).flatMap(([kind, parts]) => [
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
function sectionsOf(kind: Kind, texts: readonly string[]): SlackBlock[] {
  const bodies = kind === "reminder" ? [texts.join("\n\n")] : texts;
  return bodies.map((text) => ({
    type: "section",
    text: { type: "mrkdwn", text, verbatim: true },
  }));
}

function fallbackOf(bulletin: Bulletin, groups: readonly Group[]): string {
  const label = (name: string): string => mrkdwn(name, LABEL_LENGTH);
  const texts = fitted(groups, asFallback, label, FALLBACK_ROOM, Infinity).flatMap(
    ([kind, parts]) => [
      ...parts.full,
      ...closing(kind, parts).map((text) => text.replaceAll(/[*`]/g, "")),
    ],
  );
  // A colon of its own would make an emoji with the one behind it.
  const engine = mrkdwn(bulletin.engine, ENGINE_LENGTH).replaceAll(":", "∶") || NAMELESS;
  return [`${engine}: ${headline(bulletin.items)}`, ...texts].join("\n\n");
}

function fitted(
  groups: readonly Group[],
  render: (paragraph: Paragraph) => string,
  label: (name: string) => string,
  room: number,
  texts: number,
): [Kind, Fitted][] {
  const candidates = groups.map(({ kind, paragraphs }) => ({
    kind,
    all: paragraphs.map((one): Candidate => ({ text: render(one), label: label(one.label) })),
  }));
  const needs = candidates.map(({ all }) => all.reduce((sum, one) => sum + sizeOf(one), 0));
  const shares = shareOut(needs, room);
  return candidates.map(({ kind, all }, i) => {
    const share = shares[i] ?? 0;
    const room = { length: share, texts };
    return [kind, fit(all, kind === "reminder" ? inOneSection(room) : room)];
  });
}

function inOneSection({ length }: Room): Room {
  return { length: Math.min(length, SECTION_ROOM), texts: Infinity };
}

function closing(kind: Kind, { named, leftOut }: Fitted): string[] {
  if (named.length === 0 && leftOut === 0) return [];
  const [also, rest] = CLOSING[kind];
  const more =
    leftOut === 0
      ? ""
      : `${named.length === 0 ? "" : " and "}${String(leftOut)} more, left out here`;
  return [`*${also}, without the details:* ${named.join(", ")}${more}. ${rest}.`];
}

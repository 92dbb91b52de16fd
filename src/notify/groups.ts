import type { Bulletin, NewsItem } from "../domain/news.ts";
import { fit, shareOut, sizeOf, type Candidate, type Fitted, type Room } from "./fit.ts";
import { name, say, type Phrase } from "./phrase.ts";
import { LOOK, paragraphOf, type Paragraph } from "./wording.ts";

/** In this order, whatever the order of the news. */
const ORDER = [
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
export type GroupKind = (typeof ORDER)[number];

/** All that a bulletin says of one kind. */
export interface Group {
  readonly kind: GroupKind;
  readonly paragraphs: readonly Paragraph[];
}

export function groupsOf(bulletin: Bulletin): Group[] {
  return ORDER.map((kind) => ({
    kind,
    paragraphs: bulletin.items
      .filter((item) => item.kind === kind)
      .map((item) => paragraphOf(item, bulletin.at)),
  })).filter(({ paragraphs }) => paragraphs.length > 0);
}

/** How a sink shows paragraphs. */
export interface Rendering {
  readonly paragraph: (paragraph: Paragraph, kind: GroupKind) => string;
  /** A paragraph's label, where there is room for no more. */
  readonly label: (label: string) => string;
  /** How much of the room a text takes. Default: its length as JSON. */
  readonly size?: (text: string) => number;
}

/** What of each group fits into a room that they share, so that 500 stale containers do not crowd out the one that
 *  was healed. `roomOf` gives a group the room that its share makes. */
export function fittedGroups(
  groups: readonly Group[],
  rendering: Rendering,
  length: number,
  roomOf: (kind: GroupKind, share: number) => Room,
): [GroupKind, Fitted][] {
  const { size } = rendering;
  const candidates = groups.map((group) => candidatesOf(group, rendering, length));
  const needs = candidates.map((all) => all.reduce((sum, one) => sum + sizeOf(one, size), 0));
  const shares = shareOut(needs, length);
  return groups.map(({ kind }, i) => [
    kind,
    fit(candidates[i] ?? [], roomOf(kind, shares[i] ?? 0), size),
  ]);
}

/** What lies beyond all room is not rendered: of 500 paragraphs some twenty fit. */
function candidatesOf(
  { kind, paragraphs }: Group,
  { paragraph, label, size }: Rendering,
  length: number,
): Candidate[] {
  let used = 0;
  return paragraphs.map((one) => {
    const text = used > length ? "" : paragraph(one, kind);
    const candidate = { text, label: label(one.label) };
    used += sizeOf(candidate, size);
    return candidate;
  });
}

/** What closes a kind that did not fit: what stands before the names, and where to see the rest. */
export const CLOSING: Readonly<
  Record<GroupKind, { readonly also: string; readonly rest: Phrase }>
> = {
  "engine-unreachable": { also: "Also unreachable", rest: say`${name(LOOK)} tries again` },
  "engine-back": { also: "Also back", rest: shows(LOOK) },
  breaker: { also: "Also", rest: lists(LOOK) },
  "heal-failed": { also: "Also not healed", rest: lists("stalewatch history") },
  "heal-refused": { also: "Also left stale", rest: lists(LOOK) },
  "heal-postponed": { also: "Also waiting for a heal", rest: lists(LOOK) },
  healed: { also: "Also healed", rest: lists("stalewatch history") },
  stale: { also: "Also stale", rest: lists(LOOK) },
  reminder: { also: "Also still stale", rest: lists(LOOK) },
  resolved: { also: "Also resolved", rest: shows(LOOK) },
  test: { also: "Also tests", rest: shows(LOOK) },
};

function lists(command: string): Phrase {
  return say`${name(command)} lists them all`;
}

function shows(command: string): Phrase {
  return say`${name(command)} shows how things are now`;
}

/** Whether a group needs a closing at all. */
export function isCut({ named, leftOut }: Fitted): boolean {
  return named.length > 0 || leftOut > 0;
}

/** The names that are left, and how many have not even that: `a, b and 470 more, left out here`. */
export function namesLeft({ named, leftOut }: Fitted): string {
  if (leftOut === 0) return named.join(", ");
  const and = named.length === 0 ? "" : " and ";
  return `${named.join(", ")}${and}${String(leftOut)} more, left out here`;
}

import type { Bulletin } from "../../domain/news.ts";
import { markup, type Html } from "../encode/html.ts";
import type { Fitted } from "../fit.ts";
import { CLOSING, fittedGroups, groupsOf, isCut, namesLeft, type Group } from "../groups.ts";
import { headline } from "../headline.ts";
import { bar, row } from "./blocks.ts";
import { encodedSize } from "./encoded-size.ts";
import { frame } from "./frame.ts";
import { paragraphHtml, phraseHtml } from "./paragraph-html.ts";
import { engineText, labelText, textOf } from "./phrase-text.ts";
import { utc } from "./times.ts";
import { TONES } from "./tone.ts";

/** In bytes as sent. With the text part and the frame it keeps a mail below 100 kB. */
const ROOM = 56_000;
/** In bytes: some 500 names of ordinary length. */
const NAMES_ROOM = 14_000;
const EDGE_HEIGHT = 5;

/** The HTML part of a mail that tells news. */
export function htmlPart(bulletin: Bulletin): string {
  const engine = engineText(bulletin.engine);
  const groups = groupsOf(bulletin);
  return frame({
    engine,
    headline: headline(bulletin.items),
    preview: previewOf(groups),
    edge: bar(
      groups.map(({ kind, paragraphs }) => ({ tone: TONES[kind], share: paragraphs.length })),
      EDGE_HEIGHT,
    ),
    rows: rowsOf(groups),
    footer: [
      `Sent by stalewatch on ${engine}, as of ${utc(bulletin.at)}. Nobody reads replies.`,
      "Who gets such mails: notify.email in its configuration.",
    ],
  }).toString();
}

/** Beside the subject, which is that of the thread, inboxes show what is new. */
function previewOf(groups: readonly Group[]): string {
  return groups.flatMap(({ paragraphs }) => paragraphs.map(({ what }) => textOf(what)))[0] ?? "";
}

function rowsOf(groups: readonly Group[]): Html[] {
  const rendering = {
    paragraph: (one: Group["paragraphs"][number], kind: Group["kind"]) =>
      paragraphHtml(one, TONES[kind]).toString(),
    label: labelText,
    size: encodedSize,
  };
  const fitted = fittedGroups(groups, rendering, ROOM, (_, length) => ({
    length,
    texts: Infinity,
    names: NAMES_ROOM,
  }));
  return groups.flatMap((group, i) => groupRows(group, fitted[i]?.[1]));
}

function groupRows({ kind, paragraphs }: Group, fitted: Fitted | undefined): Html[] {
  if (fitted === undefined) return [];
  const tone = TONES[kind];
  const full = paragraphs.slice(0, fitted.full.length).map((one) => paragraphHtml(one, tone));
  if (!isCut(fitted)) return full;
  const { also, rest } = CLOSING[kind];
  const names = markup`<b>${also}, without the details:</b> ${namesLeft(fitted)}`;
  const closing = markup`${names}. ${phraseHtml(rest, tone)}.`;
  return [...full, row(closing)];
}

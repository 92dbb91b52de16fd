import { formatSpan } from "../../domain/duration.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { lengthOf, type Phase, type Span } from "../../domain/timeline/timeline.ts";
import { markup, type Html } from "./html.ts";

/** A heal as a mark in a strip. */
export interface Mark {
  readonly at: EpochMs;
  readonly healed: boolean;
}

/** Units of the drawing: half an hour of a week each. */
const WIDTH = 336;
const HEIGHT = 24;

/** How a phase is drawn: the class that colours it, and from where down to the ground. What is worse is higher. */
const DRAWN: Readonly<Partial<Record<Phase, { readonly as: string; readonly top: number }>>> = {
  stale: { as: "s", top: 2 },
  pending: { as: "p", top: 10 },
  untracked: { as: "u", top: 18 },
  fresh: { as: "f", top: 18 },
  unwatched: { as: "n", top: 22 },
};

/** A subject's past week. */
export interface Strip {
  /** In words: colour is never all that tells. */
  readonly label: string;
  /** What is drawn. */
  readonly paths: Html;
}

export function stripOf(spans: readonly Span[], marks: readonly Mark[]): Strip {
  const from = spans[0]?.from ?? 0;
  const to = spans.at(-1)?.to ?? from + 1;
  const x = (time: EpochMs): number => Math.round(((time - from) / (to - from)) * WIDTH);
  const boxes = (Object.keys(DRAWN) as Phase[]).flatMap((phase) => {
    const drawn = DRAWN[phase];
    const among = spans.filter((span) => span.phase === phase);
    if (drawn === undefined || among.length === 0) return [];
    const d = among.map((span) => box(x(span.from), x(span.to), drawn.top)).join("");
    return [markup`<path class="${drawn.as}" d="${d}"/>`];
  });
  const drawnMarks = marks
    .filter(({ at }) => at >= from && at <= to)
    .map(
      ({ at, healed }) => markup`<path class="${healed ? "h" : "x"}" d="${mark(x(at), healed)}"/>`,
    );
  return { label: words(spans, marks), paths: markup`${boxes}${drawnMarks}` };
}

/** A drawing that many strips have in common, and the ID that it is defined under. */
interface Shared {
  readonly id: string;
  readonly paths: Html;
}

/** By what is drawn. */
export type SharedDrawings = ReadonlyMap<string, Shared>;

const SHARED_BY_AT_LEAST = 3;
const SHARED_AT_MOST = 20;

/** Most containers have had the same week as many others. */
export function sharedDrawings(strips: Iterable<Strip>): SharedDrawings {
  const common = [...Map.groupBy(strips, ({ paths }) => paths.toString())]
    .filter(([, alike]) => alike.length >= SHARED_BY_AT_LEAST)
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, SHARED_AT_MOST);
  return new Map(
    common.flatMap(([drawing, [first]], i) =>
      first === undefined ? [] : [[drawing, { id: `s${i}`, paths: first.paths }]],
    ),
  );
}

/** To stand on the page once. */
export function definitions(shared: SharedDrawings): Html {
  const groups = [...shared.values()].map(({ id, paths }) => markup`<g id="${id}">${paths}</g>`);
  return markup`<svg class="defs" aria-hidden="true"><defs>${groups}</defs></svg>`;
}

export function drawn({ label, paths }: Strip, shared: SharedDrawings): Html {
  const found = shared.get(paths.toString());
  const content = found === undefined ? paths : markup`<use href="#${found.id}"/>`;
  return markup`<svg class="t" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${content}</svg>`;
}

/** However short: at least as wide as can be seen. */
function box(left: number, right: number, top: number): string {
  return `M${left} ${top}H${Math.max(right, left + 3)}V${HEIGHT}H${left}z`;
}

/** A heal that worked is a diamond, another a cross. */
function mark(at: number, healed: boolean): string {
  const x = Math.min(WIDTH - 6, Math.max(6, at));
  return healed ? `M${x} 3l6 6-6 6-6-6z` : `M${x - 5} 4l10 10m0-10l-10 10`;
}

/** `7 days: fresh`, `7 days: stale for 56 min, pending for 15 min, 1 heal`. */
export function words(spans: readonly Span[], marks: readonly Mark[]): string {
  const told = (["stale", "pending", "untracked", "unwatched"] as const).flatMap((phase) => {
    const length = lengthOf(spans, phase);
    const name = phase === "unwatched" ? "not watched" : phase;
    return length === 0 ? [] : [`${name} for ${formatSpan(length)}`];
  });
  const worked = marks.filter(({ healed }) => healed).length;
  const failed = marks.length - worked;
  const heals = [
    ...(worked === 0 ? [] : [`${worked} healed`]),
    ...(failed === 0 ? [] : [`${failed} failed to heal`]),
  ];
  const rest = lengthOf(spans, "fresh") > 0 ? ["fresh"] : [];
  const all = [...told, ...heals];
  return `7 days: ${(all.length > 0 ? all : rest).join(", ") || "nothing known"}`;
}

/** What the strips mean. */
export const LEGEND: Html = markup`<p class="legend">
  <span class="k-f">fresh</span> <span class="k-p">pending</span> <span class="k-s">stale</span>
  <span class="k-n">not watched</span> <span class="k-h">healed</span>
  <span class="k-x">a heal failed</span>
</p>`;

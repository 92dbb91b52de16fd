import type { EpochMs } from "../../domain/ids.ts";
import { WORST_FIRST, worstFirst, type Judgement, type VerdictKind } from "../../domain/verdict.ts";
import { summaryOf } from "../../domain/summary.ts";
import type { Facts } from "../facts.ts";
import { containerItem, DETAILS, weekOf, type Detail, type Listed } from "./container.ts";
import { markup, shown, type Html } from "./html.ts";
import { definitions, LEGEND, sharedDrawings } from "./strip.ts";

/** Which containers are listed; null: all. */
export interface Filter {
  readonly verdict: VerdictKind | null;
  readonly project: string | null;
}

/** All containers, by project, the worst first. */
export function containersSection(facts: Facts, filter: Filter, now: EpochMs): Html {
  const judgements = facts.sight.scan?.judgements ?? [];
  const listed = judgements
    .filter(
      ({ verdict, project }) =>
        (filter.verdict ?? verdict) === verdict && (filter.project ?? project) === project,
    )
    .sort(worstFirst)
    .map((judgement) => ({ judgement, strip: weekOf(judgement, facts, now) }));
  const shared = sharedDrawings(listed.flatMap(({ strip }) => strip ?? []));
  const { items, left } = fitted(listed, (one, detail) => containerItem(one, detail, shared, now));
  const groups = [...Map.groupBy(items, ({ project }) => project)].map(([project, members]) =>
    group(
      project,
      members.map(({ item }) => item),
      filter,
    ),
  );
  return markup`<section id="containers" aria-labelledby="containers-title">
    <h2 id="containers-title">Containers${filterWords(filter)}</h2>
    ${filters(judgements, filter)}
    ${groups.length === 0 ? markup`<p>${nothing(facts, judgements)}</p>` : LEGEND}
    ${definitions(shared)}${groups}${leftOut(left)}
  </section>`;
}

/** What the list may weigh, in bytes: the page of any host opens quickly. */
const LIST_AT_MOST = 450_000;
/** What a container's line alone takes, more or less. */
const LINE = 350;

interface Item {
  readonly project: string | null;
  readonly item: Html;
}

type Render = (one: Listed, detail: Detail) => Html;

/** As much of each as there is room for, the worst first, so that as many as possible are there at all. */
function fitted(
  listed: readonly Listed[],
  render: Render,
): { readonly items: readonly Item[]; readonly left: number } {
  const items: Item[] = [];
  let room = LIST_AT_MOST;
  for (const [i, one] of listed.entries()) {
    const left = listed.length - i;
    const item = richest(one, render, room - (left - 1) * LINE);
    if (item === null) return { items, left };
    room -= sizeOf(item);
    items.push({ project: one.judgement.project, item });
  }
  return { items, left: 0 };
}

function richest(one: Listed, render: Render, room: number): Html | null {
  for (const detail of DETAILS) {
    const item = render(one, detail);
    if (sizeOf(item) <= room) return item;
  }
  return null;
}

function sizeOf(item: Html): number {
  return Buffer.byteLength(item.toString());
}

function leftOut(count: number): Html | null {
  return count === 0
    ? null
    : markup`<p>… and ${count} more: choose a verdict or a project, or see <code>stalewatch check</code>.</p>`;
}

function nothing({ sight }: Facts, judgements: readonly Judgement[]): string {
  if (sight.scan === null) return "No scan has succeeded yet.";
  return judgements.length === 0 ? "No container runs." : "None of them is so.";
}

function filterWords({ verdict, project }: Filter): string {
  const words = [
    ...(verdict === null ? [] : [verdict]),
    ...(project === null ? [] : [`project ${shown(project, 60)}`]),
  ];
  return words.length === 0 ? "" : `: ${words.join(", ")}`;
}

function filters(judgements: readonly Judgement[], filter: Filter): Html {
  const counts = summaryOf(judgements);
  const kinds = WORST_FIRST.filter((kind) => counts[kind] > 0 || kind === filter.verdict);
  const link = (verdict: VerdictKind | null, count: number): Html => {
    const here = verdict === filter.verdict ? markup` aria-current="true"` : null;
    const name = verdict ?? "all";
    return markup`<li>
      <a class="${name}" href="${hrefOf({ ...filter, verdict })}" ${here}>${count} ${name}</a>
    </li>`;
  };
  return markup`<nav aria-label="Filter by verdict">
    <ul class="filters">
      ${[link(null, judgements.length), ...kinds.map((kind) => link(kind, counts[kind]))]}
    </ul>
  </nav>`;
}

function hrefOf({ verdict, project }: Filter): string {
  const query = new URLSearchParams({
    ...(verdict === null ? {} : { verdict }),
    ...(project === null ? {} : { project }),
  }).toString();
  return query === "" ? "." : `?${query}`;
}

/** A longer name would not fit into an address. */
const LONGEST_LINK = 200;

function group(project: string | null, items: readonly Html[], filter: Filter): Html {
  const name = project === null ? "without a project" : shown(project, 120);
  const title =
    project === null || project.length > LONGEST_LINK
      ? markup`${name}`
      : markup`<a href="${hrefOf({ ...filter, project })}">${name}</a>`;
  return markup`<section class="p">
    <h3>${title} <span class="n">${items.length}</span></h3>
    <ul>
      ${items}
    </ul>
  </section>`;
}

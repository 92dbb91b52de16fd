import { formatSpan } from "../../domain/duration.ts";
import { explain } from "../../domain/explain.ts";
import { shortId, type EpochMs } from "../../domain/ids.ts";
import { nextStep } from "../../domain/next-step.ts";
import { remedyFor } from "../../domain/remedy.ts";
import { healSubjectOf } from "../../domain/subject.ts";
import { timelineOf } from "../../domain/timeline/timeline.ts";
import { isDiverged, type Diverged, type Judgement } from "../../domain/verdict.ts";
import { LOOK_BACK, type Facts } from "../facts.ts";
import { joined, markup, shown, type Html } from "./html.ts";
import { ago, badge, command, imageWords, timed } from "./parts.ts";
import { drawn, stripOf, type Mark, type SharedDrawings, type Strip } from "./strip.ts";

/** How much is said of a container: all that there is to a diverged one, one line with its week, or that line alone. */
export const DETAILS = ["full", "week", "line"] as const;
export type Detail = (typeof DETAILS)[number];

/** One container of the list. */
export interface Listed {
  readonly judgement: Judgement;
  /** null for those that nobody looks at. */
  readonly strip: Strip | null;
}

export function containerItem(
  { judgement, strip }: Listed,
  detail: Detail,
  shared: SharedDrawings,
  now: EpochMs,
): Html {
  const { container, verdict, service, warnings } = judgement;
  const serving = service === null ? null : markup` <span class="svc">${shown(service, 60)}</span>`;
  const week = strip === null || detail === "line" ? null : drawn(strip, shared);
  const isFull = detail === "full";
  const more = isFull && isDiverged(judgement) ? divergedRows(judgement, now) : null;
  const said = isFull
    ? warnings.map(({ message }) => markup`<p class="warn">${shown(message, 400)}</p>`)
    : null;
  // Without blanks between its parts: there may be a thousand.
  return markup`<li class="c ${verdict}" id="c-${shortId(container.id)}">${badge(verdict)}<b>${shown(container.name, 120)}</b>${serving}<span class="i">${summary(judgement, now)}</span>${week}${more}${said}</li>
`;
}

/** What is to be known of it in one line. */
function summary(judgement: Judgement, now: EpochMs): Html {
  if (isDiverged(judgement))
    return markup`for ${timed(judgement.divergedSince, formatSpan(now - judgement.divergedSince))}`;
  const next = nextStep(judgement, now);
  const held = next.length === 0 ? null : markup`; ${shown(next.join("; "))}`;
  if (judgement.verdict !== "fresh") return markup`${shown(explain(judgement, now), 300)}${held}`;
  const { newest } = judgement;
  return markup`${shown(newest.tag, 120)}, built ${ago(newest.createdAt, now)}${held}`;
}

function divergedRows(judgement: Diverged, now: EpochMs): Html {
  const { running, newest } = judgement;
  const remedy = remedyFor(judgement);
  const revision =
    newest.revision === null ? null : markup`, revision <code>${shown(newest.revision, 40)}</code>`;
  const next = joined(
    nextStep(judgement, now).map((step) => markup`${shown(step, 300)}`),
    "; ",
  );
  const typed = remedy === null ? null : command(remedy);
  return markup`<div class="d">
    <p>${shown(explain(judgement, now), 300)}</p>
    <dl>
      <dt>runs</dt>
      <dd>${imageWords(running, now)}</dd>
      <dt>newest</dt>
      <dd><code>${shown(newest.tag, 120)}</code> = ${imageWords(newest, now)}${revision}</dd>
      <dt>grace</dt>
      <dd>${grace(judgement, now)}</dd>
      <dt>next</dt>
      <dd>${next}</dd>
    </dl>
    ${typed ?? markup`<p class="by-hand">Recreate it by hand, the way it was started.</p>`}
  </div>`;
}

/** How much of the grace is used, in words and as a bar. */
function grace({ divergedSince, graceEndsAt }: Diverged, now: EpochMs): Html {
  const length = graceEndsAt - divergedSince;
  const used = Math.max(0, Math.min(now - divergedSince, length));
  const share = length === 0 ? 100 : Math.round((used / length) * 100);
  const words =
    now < graceEndsAt
      ? markup`${formatSpan(used)} of ${formatSpan(length)} used`
      : markup`${formatSpan(length)}, used up ${ago(graceEndsAt, now)}`;
  return markup`<svg class="g" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="8" />
      <rect class="used" width="${share}" height="8" />
    </svg>
    ${words}`;
}

/** A container's past week; null for those that nobody looks at. */
export function weekOf(
  { subject, verdict, container }: Judgement,
  { turns, watched, heals }: Facts,
  now: EpochMs,
): Strip | null {
  if (verdict === "excluded") return null;
  const spans = timelineOf({
    turns: turns.get(subject) ?? [],
    verdict,
    createdAt: container.createdAt,
    watched,
    from: now - LOOK_BACK,
    to: now,
  });
  const marks = heals.flatMap(({ record, end, openedAt }): Mark[] =>
    end === null || end.outcome === "discarded" || record.subject !== healSubjectOf(subject)
      ? []
      : [{ at: openedAt, healed: end.outcome === "healed" }],
  );
  return stripOf(spans, marks);
}

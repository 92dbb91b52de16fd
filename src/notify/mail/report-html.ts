import { formatSpan } from "../../domain/duration.ts";
import type { ContainerHistory } from "../../domain/report/history.ts";
import { percent } from "../../domain/report/report-text.ts";
import type { Report, ReportedHeal } from "../../domain/report/report.ts";
import { VERDICTS, type VerdictKind } from "../../domain/verdict.ts";
import { markup, type Html } from "../encode/html.ts";
import {
  bar,
  code,
  facts,
  lines,
  marked,
  row,
  striped,
  type BarPart,
  type Fact,
} from "./blocks.ts";
import { frame } from "./frame.ts";
import { engineText, shownText } from "./phrase-text.ts";
import { utc } from "./times.ts";
import type { Tone } from "./tone.ts";

/** More would be a list to study, not a report; and a mail below 100 kB. */
const MOST = 40;
const EDGE_HEIGHT = 5;
const BAR_HEIGHT = 8;
const STRIP_HEIGHT = 12;

const TONE_OF: Readonly<Record<VerdictKind, Tone>> = {
  fresh: "good",
  pending: "warning",
  stale: "bad",
  untracked: "plain",
  excluded: "plain",
};

/** The HTML of a report: numbers first, then what is stale, then a bar and a timeline for every container with a story. */
export function reportHtml(report: Report): string {
  const engine = engineText(report.engine);
  return frame({
    engine,
    headline: `Report, ${day(report.from)} to ${day(report.to)}`,
    preview: summary(report),
    edge: bar(verdictParts(report), EDGE_HEIGHT),
    rows: [
      row(facts(numbers(report))),
      ...staleRows(report),
      ...healRows(report),
      ...historyRows(report),
    ],
    footer: [
      `Sent by stalewatch on ${engine}, as of ${utc(report.to)}. Nobody reads replies.`,
      "When such reports are sent: report.schedule in its configuration.",
    ],
  }).toString();
}

/** What a report says in a few words, for subjects and previews. */
export function summary({ staleNow, heals, opened }: Report): string {
  const healed = heals.filter(({ outcome }) => outcome === "healed").length;
  const failed = heals.filter(({ outcome }) => outcome !== null && isFailure(outcome)).length;
  return [
    staleNow.length === 0 ? "nothing is stale" : `${staleNow.length} stale now`,
    `${opened} ${opened === 1 ? "incident" : "incidents"}`,
    ...(healed > 0 ? [`${healed} healed`] : []),
    ...(failed > 0 ? [`${failed} could not be healed`] : []),
  ].join(", ");
}

function isFailure(outcome: NonNullable<ReportedHeal["outcome"]>): boolean {
  return outcome !== "healed" && outcome !== "discarded";
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function verdictParts({ watched }: Report): BarPart[] {
  if (watched === null || VERDICTS.every((kind) => watched[kind] === 0))
    return [{ tone: "plain", share: 1 }];
  return VERDICTS.map((kind) => ({ tone: TONE_OF[kind], share: watched[kind] }));
}

function numbers(report: Report): Fact[] {
  const { watched, opened, resolved, lasted, scans, delivery, to } = report;
  const counts =
    watched === null
      ? "the engine gives no answer: this is what was last seen"
      : VERDICTS.filter((kind) => watched[kind] > 0)
          .map((kind) => `${watched[kind]} ${kind}`)
          .join(", ") || "none";
  const { deadLetters, waiting, oldestWaiting } = delivery;
  const messages = [
    ...(deadLetters > 0 ? [`${deadLetters} never arrived`] : []),
    ...(oldestWaiting === null
      ? []
      : [`${waiting} waiting, for ${formatSpan(to - oldestWaiting)}`]),
  ].join(", ");
  return [
    fact("containers", counts),
    fact("incidents", `${opened} opened, ${resolved} resolved`),
    ...(lasted === null
      ? []
      : [
          fact(
            "lasted",
            `${formatSpan(lasted.median)} (median), ${formatSpan(lasted.worst)} at worst`,
          ),
        ]),
    fact("scans", `${scans.done} done, ${scans.failed} failed, ${scans.missed} missed`),
    fact("messages", messages === "" ? "all delivered" : messages),
  ];
}

function fact(label: string, text: string): Fact {
  return { label, text: markup`${text}` };
}

function staleRows({ staleNow, to }: Report): Html[] {
  if (staleNow.length === 0) return [striped("good", marked("good", "Nothing is stale"))];
  const shown = staleNow
    .slice(0, MOST)
    .map(({ container, since, reason }) =>
      striped(
        "bad",
        markup`${marked("bad", "Stale:")} ${code(shownText(container, 100))} for ${formatSpan(to - since)}<br>${shownText(reason, 300)}`,
      ),
    );
  return [...shown, ...leftOut(staleNow.length, "stalewatch check")];
}

function healRows({ heals }: Report): Html[] {
  const told = heals.filter(({ outcome }) => outcome !== "discarded");
  if (told.length === 0) return [];
  const shown = told.slice(0, MOST).map((heal) => healLine(heal));
  return [row(lines_(shown)), ...leftOut(told.length, "stalewatch history")];
}

function healLine({ at, container, outcome, detail, downtime }: ReportedHeal): Html {
  const tone: Tone = outcome === "healed" ? "good" : outcome === null ? "plain" : "bad";
  const seconds = downtime === null ? "" : `, down for ${(downtime / 1000).toFixed(1)} s`;
  const what = outcome === "healed" ? seconds : `: ${shownText(detail, 200)}`;
  return markup`${utc(at).slice(0, 16)} ${code(shownText(container, 80))} ${marked(tone, outcome ?? "under way")}${what}`;
}

function lines_(all: readonly Html[]): Html {
  return markup`${all.map((one, i) => (i === 0 ? one : markup`<br>${one}`))}`;
}

function historyRows({ containers, from, to }: Report): Html[] {
  if (containers.length === 0) return [];
  const shown = containers.slice(0, MOST).map((one) => historyRow(one, from, to));
  const legend = lines([
    "Every container with an incident or a heal: how much of the time it ran an old image, and below it, when.",
    "Amber: an old image. Blue: as it should be. Green mark: healed. Red mark: a heal came to nothing.",
  ]);
  return [row(legend), ...shown, ...leftOut(containers.length, "stalewatch report --format json")];
}

function historyRow(one: ContainerHistory, from: number, to: number): Html {
  const share = percent(one.divergedShare);
  const diverged = Math.min(1, Math.max(one.divergedShare, one.divergedShare > 0 ? 0.01 : 0));
  return row(
    markup`${code(shownText(one.container, 100))}: diverged for ${formatSpan(one.divergedFor)} (${share})${bar(
      [
        { tone: "warning", share: diverged },
        { tone: "good", share: 1 - diverged },
      ],
      BAR_HEIGHT,
    )}<div style="font-size:3px;line-height:3px">&nbsp;</div>${bar(timeline(one, from, to), STRIP_HEIGHT)}`,
  );
}

/** Cells of a strip: enough to tell days of a week apart by the hour or two. */
const CELLS = 84;

/** The period in cells, neighbours of one tone as one part. */
function timeline({ diverged, heals }: ContainerHistory, from: number, to: number): BarPart[] {
  const length = (to - from) / CELLS;
  const parts: BarPart[] = [];
  for (let i = 0; i < CELLS; i++) {
    const [start, end] = [from + i * length, from + (i + 1) * length];
    const marks = heals.filter(({ at }) => at >= start && (at < end || i === CELLS - 1));
    const isDiverged = diverged.some((span) => span.from < end && span.to > start);
    const tone: Tone = marks.some(({ healed }) => !healed)
      ? "bad"
      : marks.length > 0
        ? "good"
        : isDiverged
          ? "warning"
          : "plain";
    const last = parts.at(-1);
    if (last?.tone === tone) parts[parts.length - 1] = { tone, share: last.share + 1 };
    else parts.push({ tone, share: 1 });
  }
  return parts;
}

function leftOut(count: number, command: string): Html[] {
  return count > MOST ? [row(markup`… and ${count - MOST} more: ${code(command)}`)] : [];
}

import { formatSpan } from "../duration.ts";
import type { EpochMs } from "../ids.ts";
import { VERDICTS } from "../verdict.ts";
import type { ContainerHistory } from "./history.ts";
import type { Report, ReportedHeal } from "./report.ts";

/** Foreign texts pass through `safe`, the encoder of wherever this is shown. */
export interface ReportTextOptions {
  readonly safe: (text: string) => string;
}

/** A report in plain text of at most 80 columns, for terminals and the text part of mails. */
export function reportText(report: Report, { safe }: ReportTextOptions): string {
  const sections = [
    head(report, safe),
    staleNow(report, safe),
    incidents(report),
    healed(report, safe),
    strips(report, safe),
    health(report),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

type Safe = ReportTextOptions["safe"];

const WIDTH = 80;

/** `2026-11-24 12:33`, in UTC. */
function minute(time: EpochMs): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

function head({ engine, from, to, watched }: Report, safe: Safe): string[] {
  const counts =
    watched === null
      ? "the engine gives no answer, so this is what was last seen"
      : VERDICTS.filter((kind) => watched[kind] > 0)
          .map((kind) => `${watched[kind]} ${kind}`)
          .join(", ") || "no containers";
  return [
    `${clipped(safe(engine), 26)}: report for ${minute(from)} to ${minute(to)} UTC`,
    `Containers: ${counts}`,
  ];
}

/** More would be a list to study, not a report. */
const MOST = 20;

function staleNow({ staleNow: stale, to }: Report, safe: Safe): string[] {
  if (stale.length === 0) return ["Nothing is stale."];
  const lines = stale
    .slice(0, MOST)
    .flatMap(({ container, since, reason }) => [
      `  ${clipped(safe(container), 44)}, for ${formatSpan(to - since)}`,
      ...folded(safe(reason), "    "),
    ]);
  return [`Stale now (${stale.length}):`, ...lines, ...leftOut(stale.length)];
}

function incidents({ opened, resolved, lasted }: Report): string[] {
  if (opened + resolved === 0) return ["No incident was opened or resolved in this time."];
  const spread =
    lasted === null
      ? ""
      : `; they lasted ${formatSpan(lasted.median)} (median), ${formatSpan(lasted.worst)} at worst`;
  return folded(`Incidents: ${opened} opened, ${resolved} resolved${spread}.`, "");
}

function healed({ heals }: Report, safe: Safe): string[] {
  if (heals.length === 0) return [];
  const done = heals.filter(({ outcome }) => outcome === "healed").length;
  const others = heals.filter(({ outcome }) => outcome !== "healed" && outcome !== "discarded");
  return [
    `Heals: ${done} healed, ${others.length} came to nothing.`,
    ...others.slice(0, MOST).flatMap((heal) => folded(healText(heal, safe), "  ")),
    ...leftOut(others.length),
  ];
}

function healText({ at, container, outcome, detail }: ReportedHeal, safe: Safe): string {
  return `${minute(at)} ${clipped(safe(container), 44)}: ${outcome ?? "under way"}: ${safe(detail)}`;
}

const BAR = 24;

/** A character for each part of the period: `#` diverged, `.` not, `+` healed, `x` a heal that came to nothing. */
function strips({ containers, from, to }: Report, safe: Safe): string[] {
  if (containers.length === 0) return [];
  return [
    "Diverged over the period (# diverged, + healed, x a heal failed):",
    ...containers.slice(0, MOST).map((one) => {
      const name = clipped(safe(one.container), 32).padEnd(32);
      return `  ${name} ${strip(one, from, to)} ${percent(one.divergedShare)}`;
    }),
    ...leftOut(containers.length),
  ];
}

function strip({ diverged, heals }: ContainerHistory, from: EpochMs, to: EpochMs): string {
  const cell = (to - from) / BAR;
  return Array.from({ length: BAR }, (_, i) => {
    const [start, end] = [from + i * cell, from + (i + 1) * cell];
    const here = heals.filter(({ at }) => at >= start && (at < end || i === BAR - 1));
    if (here.length > 0) return here.some(({ healed: good }) => !good) ? "x" : "+";
    return diverged.some((span) => span.from < end && span.to > start) ? "#" : ".";
  }).join("");
}

/** `< 1 %` is more than nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "< 1 %";
  return `${Math.round(share * 100)} %`;
}

function health({ scans, delivery, to }: Report): string[] {
  const { deadLetters, waiting, oldestWaiting } = delivery;
  const problems = [
    deadLetters > 0 ? `${deadLetters} never arrived` : "",
    oldestWaiting === null ? "" : `${waiting} waiting, for ${formatSpan(to - oldestWaiting)}`,
  ].filter((part) => part !== "");
  return [
    `Scans: ${scans.done} done, ${scans.failed} failed, ${scans.missed} missed.`,
    `Messages: ${problems.length === 0 ? "all delivered" : problems.join(", ")}.`,
  ];
}

function leftOut(count: number): string[] {
  return count > MOST ? [`  … and ${count - MOST} more: stalewatch history`] : [];
}

function clipped(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** At spaces, and inside a word that is longer than a line. */
function folded(text: string, indent: string): string[] {
  const lines: string[] = [];
  let rest = text.slice(0, 400);
  const width = WIDTH - indent.length;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(indent + rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, indent + rest];
}

import { formatSpan } from "../../domain/duration.ts";
import { shortId, type EpochMs, type Milliseconds } from "../../domain/ids.ts";
import type { Incident } from "../../domain/incident.ts";
import type { HealRow } from "../../state/heal-table.ts";
import type { DeadLetter } from "../../state/outbox-table.ts";
import { minute } from "../documents/times.ts";
import type { Facts } from "../facts.ts";
import { markup, shown, type Html } from "./html.ts";
import { timed } from "./parts.ts";

/** More would be a list to study: `stalewatch history` has all. */
const MOST = 100;
const LOG_LINES = 60;

/** Incidents, heals with their steps and logs, and messages that never arrived, of the last week. */
export function pastSections({ incidents, heals, letters }: Facts, now: EpochMs): Html {
  return markup`${section(
    "incidents",
    "Incidents",
    incidents.map((one) => incidentItem(one, now)),
  )}${section("heals", "Heals", heals.map(healItem))}${section(
    "letters",
    "Messages that never arrived",
    letters.map(letterItem),
  )}`;
}

function section(id: string, title: string, items: readonly Html[]): Html {
  const list =
    items.length === 0
      ? markup`<p>None within the last 7 days.</p>`
      : markup`<ol class="past">
          ${items.slice(0, MOST)}
        </ol>`;
  const left =
    items.length > MOST
      ? markup`<p>… and ${items.length - MOST} more: <code>stalewatch history</code></p>`
      : null;
  return markup`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${list}${left}
  </section>`;
}

function incidentItem(incident: Incident, now: EpochMs): Html {
  const { affected, openedAt, resolvedAt, divergedSince, reason } = incident;
  const lasted = formatSpan((resolvedAt ?? now) - divergedSince);
  const state = resolvedAt === null ? "open" : "closed";
  return markup`<li class="${state}" id="i-${incident.id}">
    <span class="o">${state}</span><b>${shown(affected.container, 120)}</b>
    <span class="i">${when(openedAt)}, ${lasted}</span>
    <p>${shown(reason, 300)}; ${ending(incident)}</p>
  </li>`;
}

function ending({ resolution, resolvedAt, ackUntil }: Incident): string {
  if (resolvedAt !== null && resolution !== null)
    return `ended ${minute(resolvedAt)} UTC: ${ENDINGS[resolution]}`;
  return ackUntil === null ? "goes on" : `goes on, acknowledged until ${minute(ackUntil)} UTC`;
}

const ENDINGS = {
  fresh: "it runs the newest image",
  gone: "it is gone",
  excluded: "it is no longer watched",
};

function healItem({ id, record, end, steps, openedAt, closedAt }: HealRow): Html {
  const { affected, by } = record;
  const outcome = end?.outcome ?? "under way";
  const downtime =
    end?.downtime === null || end?.downtime === undefined
      ? ""
      : `, down for ${seconds(end.downtime)}`;
  const took = closedAt === null ? "" : `, took ${formatSpan(closedAt - openedAt)}`;
  const who = by === "daemon" ? "the daemon" : "a command";
  const notes = (end?.warnings ?? []).map((one) => markup`<p class="warn">${shown(one, 400)}</p>`);
  const kind = end === null ? "open" : outcome === "healed" ? "good" : "bad";
  const why = end === null ? null : markup`: ${shown(end.detail, 400)}`;
  const taken = steps.map(
    (step) =>
      markup`<li>${shown(step.phase, 60)} <span class="i">+${seconds(step.at - openedAt)}</span></li>`,
  );
  return markup`<li class="${kind}" id="h-${id}">
    <span class="o">${outcome}</span><b>${shown(record.container, 120)}</b>
    <span class="i">${when(openedAt)}${took}${downtime}</span>
    <p><code>${shortId(affected.running.id)}</code> → <code>${shortId(affected.newest.id)}</code>, by ${who}${why}</p>
    ${notes}
    <details>
      <summary>Steps and logs of heal ${id}</summary>
      <ol>${taken}</ol>
      ${logs(end?.logs ?? [])}
    </details>
  </li>`;
}

function seconds(length: Milliseconds): string {
  return `${(length / 1000).toFixed(1)} s`;
}

function logs(lines: readonly string[]): Html {
  if (lines.length === 0) return markup`<p>No last lines.</p>`;
  const text = lines.slice(-LOG_LINES).map((line) => markup`${shown(line, 400)}\n`);
  return markup`<pre tabindex="0" aria-label="The replacement's last lines">${text}</pre>`;
}

function letterItem({ id, channel, bulletin, attempts, error, deadAt }: DeadLetter): Html {
  const kinds = bulletin.items.map(({ kind }) => kind).join(", ") || "report";
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  return markup`<li class="bad" id="l-${id}">
    <span class="o">given up</span><b>${shown(channel, 120)}</b>
    <span class="i">${when(deadAt)}</span>
    <p>${shown(kinds, 200)}, after ${tries}: ${shown(error, 400)}</p>
  </li>`;
}

function when(time: EpochMs): Html {
  return timed(time, `${minute(time)} UTC`);
}

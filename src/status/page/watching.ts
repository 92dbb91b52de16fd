import { formatSpan } from "../../domain/duration.ts";
import type { EpochMs } from "../../domain/ids.ts";
import { STUCK_AFTER } from "../../domain/outage.ts";
import type { Facts } from "../facts.ts";
import type { LastDeliveries } from "../tallies.ts";
import { markup, joined, shown, type Html } from "./html.ts";
import { ago, timed } from "./parts.ts";

/** What keeps the page from being the whole truth, worst first; null where nothing does. */
export function notices({ sight, healingOff, waiting, letters }: Facts, now: EpochMs): Html | null {
  const failure = sight.cycle?.failure ?? null;
  const stuck = waiting.oldest !== null && now - waiting.oldest > STUCK_AFTER;
  const texts = [
    ...(failure === null
      ? []
      : [
          markup`The last scan failed: ${shown(failure, 400)}. What stands here is what was seen
          before.`,
        ]),
    ...(sight.degraded === null
      ? []
      : [
          markup`The state is not written to disk, so nothing is healed:
          ${shown(sight.degraded, 400)}.`,
        ]),
    ...(healingOff === null
      ? []
      : [
          markup`Nothing is healed: a damaged state was set aside as
            <code>${shown(healingOff, 200)}</code>. <code>stalewatch doctor --repair</code> looks
            for what heals left.`,
        ]),
    ...(stuck ? [markup`Messages do not come through: see below.`] : []),
    ...(letters.length > 0
      ? [markup`<a href="history#letters">Messages that never arrived</a>: ${letters.length}.`]
      : []),
  ];
  if (texts.length === 0) return null;
  return markup`<ul class="notices">
    ${texts.map((text) => markup`<li>${text}</li>`)}
  </ul> `;
}

/** How the watching itself goes: engine, scans, channels, outbox. */
export function watchingSection(facts: Facts, now: EpochMs): Html {
  const { sight } = facts;
  const rows: readonly (readonly [string, Html])[] = [
    ["engine", engine(facts, now)],
    ["scans", scans(facts, now)],
    ["channels", channels(facts, now)],
    ["outbox", outbox(facts, now)],
    ["state", markup`${sight.degraded === null ? "written to disk" : "in memory only"}`],
    ["stalewatch", markup`${sight.version}, runs since ${ago(sight.startedAt, now)}`],
  ];
  return markup`<section id="watching" aria-labelledby="watching-title">
    <h2 id="watching-title">How the watching goes</h2>
    <dl>
      ${rows.map(
        ([name, text]) =>
          markup`<dt>${name}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </section>`;
}

function engine({ sight }: Facts, now: EpochMs): Html {
  const { scan, outageSince } = sight;
  const known =
    scan === null
      ? markup`never seen`
      : markup`${shown(scan.engine.name, 80)}: version ${shown(scan.engine.version, 40)}, API
        ${shown(scan.engine.apiVersion, 20)}, ${scan.engine.store} image store`;
  return outageSince === null
    ? known
    : markup`<strong>gives no answer since ${ago(outageSince, now)}</strong>; ${known}`;
}

function scans({ sight }: Facts, now: EpochMs): Html {
  const { scan, nextScanAt } = sight;
  return joined(
    [
      scan === null ? markup`none has succeeded yet` : markup`the last one ${ago(scan.at, now)}`,
      ...(nextScanAt === null
        ? []
        : [markup`the next in ${timed(nextScanAt, formatSpan(nextScanAt - now))}`]),
    ],
    ", ",
  );
}

function channels({ sight, deliveries }: Facts, now: EpochMs): Html {
  if (sight.channels.length === 0) return markup`<strong>none: alerts only reach the log</strong>`;
  return markup`<ul>${sight.channels.map((name) => markup`<li>${channel(name, deliveries, now)}</li>`)}</ul>`;
}

function channel(name: string, deliveries: LastDeliveries, now: EpochMs): Html {
  const last = deliveries.get(name);
  if (last === undefined) return markup`${shown(name, 80)}: nothing to deliver since the start`;
  if (last.end === "delivered") return markup`${shown(name, 80)}: delivered ${ago(last.at, now)}`;
  const what = last.end === "postponed" ? "not delivered yet" : "given up";
  return markup`${shown(name, 80)}: <strong>${what}</strong> ${ago(last.at, now)}: ${shown(last.error ?? "", 300)}`;
}

function outbox({ waiting, letters }: Facts, now: EpochMs): Html {
  const { count, oldest } = waiting;
  const given = letters.length === 0 ? "" : `; ${letters.length} never arrived`;
  if (oldest === null) return markup`nothing waits${given}`;
  const wait = count === 1 ? "message waits" : "messages wait";
  return markup`${count} ${wait}, the oldest since ${ago(oldest, now)}${given}`;
}

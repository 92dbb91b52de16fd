import { formatSpan } from "../../domain/duration.ts";
import { shortId, type EpochMs } from "../../domain/ids.ts";
import { isSane } from "../../domain/observation.ts";
import type { VerdictKind } from "../../domain/verdict.ts";
import { visible } from "../../notify/encode/visible.ts";
import { iso, minute } from "../documents/times.ts";
import { markup, shown, type Html } from "./html.ts";

/** `71 min ago`, with the time itself for machines and for whoever points at it. */
export function ago(time: EpochMs, now: EpochMs): Html {
  return markup`${timed(time, formatSpan(now - time))} ago`;
}

export function timed(time: EpochMs, words: string): Html {
  return markup`<time datetime="${iso(time)}" title="${minute(time)} UTC">${words}</time>`;
}

/** A verdict in words; its shape and colour are the style sheet's. */
export function badge(verdict: VerdictKind): Html {
  return markup`<span class="v">${verdict}</span>`;
}

interface Image {
  readonly id: Parameters<typeof shortId>[0];
  readonly createdAt: EpochMs | null;
}

/** `030db7a5bcb8, built 2 d ago`. */
export function imageWords({ id, createdAt }: Image, now: EpochMs): Html {
  const built = isSane(createdAt, now) ? markup`, built ${ago(createdAt, now)}` : null;
  return markup`<code>${shown(shortId(id), 20)}</code>${built}`;
}

/** Longer ones are nothing to type. */
const LONGEST_COMMAND = 1000;

/** A command to type, with a button that copies it where scripts run; null where it cannot be shown letter by letter. */
export function command(text: string): Html | null {
  if (text.length > LONGEST_COMMAND || visible(text) !== text) return null;
  return markup`<div class="cmd">
    <code>${text}</code><button type="button" hidden>Copy</button>
  </div>`;
}

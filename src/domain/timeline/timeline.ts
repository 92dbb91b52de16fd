import type { EpochMs, Milliseconds } from "../ids.ts";
import type { VerdictKind } from "../verdict.ts";
import type { Turn } from "./turns.ts";

/** A stretch of time. */
export interface Stretch {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** `unwatched`: nobody looked. `absent`: nothing of the subject was seen to run. */
export type Phase = VerdictKind | "unwatched" | "absent";

export interface Span extends Stretch {
  readonly phase: Phase;
}

export interface TimelineInput {
  /** Of one subject, in order. */
  readonly turns: readonly Turn[];
  /** What it is now, and since when its container has been there. */
  readonly verdict: VerdictKind;
  readonly createdAt: EpochMs;
  /** When somebody looked: in order, without overlaps. */
  readonly watched: readonly Stretch[];
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** One subject's past, without gaps from `from` to `to`. That it was diverged is known from the engine's own clock, that
 *  it was fresh only from looking: where nobody looked it does not say so. */
export function timelineOf(input: TimelineInput): readonly Span[] {
  const { from, to, watched } = input;
  const spans = rawSpans(input)
    .map((span) => ({ ...span, from: Math.max(from, span.from), to: Math.min(to, span.to) }))
    .filter((span) => span.to > span.from);
  return joined(spans.flatMap((span) => (span.phase === "fresh" ? lookedAt(span, watched) : span)));
}

/** How long it was in a phase. */
export function lengthOf(spans: readonly Span[], phase: Phase): Milliseconds {
  return spans.reduce((sum, one) => (one.phase === phase ? sum + one.to - one.from : sum), 0);
}

function rawSpans({ turns, verdict, createdAt, from, to }: TimelineInput): Span[] {
  const [first] = turns;
  if (first === undefined)
    return [
      { from, to: createdAt, phase: "absent" },
      { from: Math.max(from, createdAt), to, phase: verdict },
    ];
  const begun = first.createdAt ?? first.at;
  return [
    { from, to: Math.min(begun, first.at), phase: "absent" },
    { from: begun, to: first.at, phase: "fresh" },
    ...turns.map((turn, i): Span => {
      const phase = turn.standing === "gone" ? "absent" : turn.standing;
      return { from: turn.at, to: turns[i + 1]?.at ?? to, phase };
    }),
  ];
}

/** Between two scans nobody looks, nor while the daemon is restarted: a shorter gap is no reason for doubt. */
const SHORT: Milliseconds = 15 * 60_000;

function lookedAt(span: Span, watched: readonly Stretch[]): Span[] {
  const result: Span[] = [];
  let at = span.from;
  const go = (to: EpochMs, phase: Phase): void => {
    if (to > at) result.push({ from: at, to, phase });
    at = Math.max(at, to);
  };
  const gap = (to: EpochMs): void => {
    go(to, to - at > SHORT ? "unwatched" : span.phase);
  };
  for (const { from, to } of watched) {
    if (to <= at || from >= span.to) continue;
    gap(Math.min(from, span.to));
    go(Math.min(to, span.to), span.phase);
  }
  gap(span.to);
  return result;
}

/** Neighbours in one phase as one span. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last?.phase === span.phase && last.to === span.from)
      result[result.length - 1] = { ...last, to: span.to };
    else result.push(span);
  }
  return result;
}

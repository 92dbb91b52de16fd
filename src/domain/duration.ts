import type { Milliseconds } from "./ids.ts";

const UNIT: Readonly<Record<string, Milliseconds>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** One sentence for every place that refuses a duration. */
export const DURATION_FORM = "a whole number followed by s, m, h or d, such as 90s, 15m, 6h or 2d";

/** A hundred years: far beyond any use, and far below where date arithmetic leaves what a `Date` can hold. */
const LONGEST = 36_525 * 86_400_000;

/** Milliseconds of `90s`, `15m`, `6h`, `2d`; null for anything else. A bare number has no unit and is refused,
 *  except `0`, which needs none. */
export function parseDuration(text: string): Milliseconds | null {
  if (text === "0") return 0;
  const match = /^(\d{1,10})([smhd])$/.exec(text);
  const unit = UNIT[match?.[2] ?? ""];
  if (match === null || unit === undefined) return null;
  const length = Number(match[1]) * unit;
  return length <= LONGEST ? length : null;
}

/** The shortest form that `parseDuration` reads back: 900000 → `15m`. Rounds down to whole seconds. */
export function formatDuration(length: Milliseconds): string {
  const seconds = Math.floor(length / 1000);
  for (const unit of ["d", "h", "m"] as const) {
    const size = (UNIT[unit] ?? 1) / 1000;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** For people: `45 s`, `71 min`, `5 h 12 min`, `3 d 4 h`. Minutes run on to two hours, because "71 min ago" is
 *  what somebody waiting for a deploy counts in. */
export function formatSpan(length: Milliseconds): string {
  const seconds = Math.max(0, Math.floor(length / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

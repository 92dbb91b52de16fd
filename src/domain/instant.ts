import type { EpochMs } from "./ids.ts";

/** One sentence for every place that refuses an instant. */
export const INSTANT_FORM =
  "a time with its zone, such as 2026-11-24T15:04:05Z, or seconds since 1970 as `date +%s` prints them";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Of `2026-11-24T15:04:05Z`, also with an offset, or of seconds since 1970; null for anything else. A time without a
 *  zone is refused: a host and its operators are often in different ones. */
export function parseInstant(text: string): EpochMs | null {
  if (/^\d{1,11}(?:\.\d{1,9})?$/.test(text)) return Math.floor(Number(text) * 1000);
  const time = ISO.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

import type { EpochMs, Milliseconds } from "../domain/ids.ts";

/** What a `Retry-After` header asks for: whole seconds, or an HTTP date. null for none or nonsense, 0 for the past. */
export function retryAfterOf(header: string | null, now: EpochMs): Milliseconds | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date begins with the day's name. `Date.parse` alone would make a year of "1.5" or "-3".
  const at = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

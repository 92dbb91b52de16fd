import type { EpochMs } from "../../domain/ids.ts";

/** How every document writes a time. */
export function iso(time: EpochMs): string {
  return new Date(time).toISOString();
}

export function isoOrNull(time: EpochMs | null): string | null {
  return time === null ? null : iso(time);
}

/** `2026-11-24 12:33`, in UTC: for tables. */
export function minute(time: EpochMs): string {
  return iso(time).slice(0, 16).replace("T", " ");
}

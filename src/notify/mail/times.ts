import type { EpochMs } from "../../domain/ids.ts";

/** `2026-11-22 08:15:00 UTC`: a mail cannot know where its reader is. */
export function utc(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

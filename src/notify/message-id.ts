import { createHash } from "node:crypto";
import type { Bulletin } from "../domain/news.ts";

/** What a receiver can tell a repeat by: 32 hex digits, the same at every attempt, also after a restart, and never
 *  another bulletin's, whose time and incidents differ. The outbox's own numbers would not do: they begin anew with
 *  every state file, and on every host. */
export function messageId(bulletin: Bulletin): string {
  return createHash("sha256").update(JSON.stringify(bulletin)).digest("hex").slice(0, 32);
}

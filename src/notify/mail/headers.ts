import { hostLabel } from "../encode/mail-text.ts";

/** What every mail bears: nobody is to answer it, and filters find it. */
export function standardHeaders(engine: string, domain: string): Readonly<Record<string, string>> {
  return {
    "Auto-Submitted": "auto-generated",
    // Exchange sends its automatic replies whatever the header above says.
    "X-Auto-Response-Suppress": "All",
    "List-ID": `<${hostLabel(engine)}.stalewatch.${domain}>`,
  };
}

import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

/** This machine itself, as URLs and people write it. */
export const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "[::1]", "::1"];
const ALLOWED = "write https://…, or http://… to this machine itself";

/** Where something is sent. Plain http goes to this machine only. No fault repeats the text: it may be secret. */
export const webUrl: ValueType<string> = scalar(
  { words: "an https URL", allowed: ALLOWED },
  (text, at) => {
    const fault = webUrlFault(text);
    return fault === null ? right(text) : wrong(at, text, fault, { allowed: ALLOWED });
  },
  (text) => text,
);

function webUrlFault(text: string): string | null {
  // The URL parser would silently drop what lies around a text and line breaks within.
  const url = /[\s\p{Cc}]/u.test(text) ? null : URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return "is not an https URL";
  if (url.username !== "" || url.password !== "") return "has credentials in it";
  return url.protocol === "https:" || LOOPBACK.includes(url.hostname)
    ? null
    : "is not encrypted: http would show the message to the network";
}

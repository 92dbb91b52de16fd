import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

/** This machine itself, as URLs and people write it. */
export const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "[::1]", "::1"];
const ENCRYPTED = "write https://…, or http://… to this machine itself";
const ANY = "write https://… or http://…";

/** Where something is sent that everybody reaches by https. Plain http goes to this machine only. No fault repeats the
 *  text: it may be secret. */
export const webUrl: ValueType<string> = urlType("an https URL", ENCRYPTED, (url) =>
  url.protocol === "https:" || LOOPBACK.includes(url.hostname)
    ? null
    : "is not encrypted: http would show the message to the network",
);

/** The like for what often stands on the same private network and speaks no TLS: `doctor` warns of it. */
export const anyWebUrl: ValueType<string> = urlType("an http or https URL", ANY, () => null);

function urlType(
  words: string,
  allowed: string,
  more: (url: URL) => string | null,
): ValueType<string> {
  const faultOf = (text: string): string | null => {
    // The URL parser would silently drop what lies around a text and line breaks within.
    const url = /[\s\p{Cc}]/u.test(text) ? null : URL.parse(text);
    if (url === null || !["http:", "https:"].includes(url.protocol)) return `is not ${words}`;
    if (url.username !== "" || url.password !== "") return "has credentials in it";
    return more(url);
  };
  return scalar(
    { words, allowed },
    (text, at) => {
      const fault = faultOf(text);
      return fault === null ? right(text) : wrong(at, text, fault, { allowed });
    },
    (text) => text,
  );
}

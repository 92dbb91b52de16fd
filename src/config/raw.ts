/** What a source says before it means anything. Every scalar is text as it was written, in the file as in the
 *  environment, so that `project: 123`, `tags: 1.20` and `service: on` are the names they look like. */
export type Raw = SetRaw | null;
/** A raw value that says something: null, like an empty variable, counts as not set. */
export type SetRaw = string | readonly Raw[] | RawMapping;
export interface RawMapping {
  readonly [key: string]: Raw;
}

/** A value as the configuration file would have it: `15m`, not 900000. It can be printed as JSON. */
export type Written = string | number | boolean | null | readonly Written[] | WrittenMapping;
export interface WrittenMapping {
  readonly [key: string]: Written;
}

export function isList(raw: Raw): raw is readonly Raw[] {
  return Array.isArray(raw);
}

export function isMapping(raw: Raw): raw is RawMapping {
  return raw !== null && typeof raw === "object" && !isList(raw);
}

/** Beyond this many characters a found text is cut: a problem is one line. */
const SHOWN = 60;

/** A raw value in a problem: texts quoted, cut, and without what a URL may hide; the others by what they are. */
export function shown(raw: Raw): string {
  if (raw === null) return "nothing";
  if (typeof raw !== "string") return isList(raw) ? "a list" : "a mapping";
  const text = withoutUrlSecrets(raw);
  return quoted(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** In JSON's quotes, which YAML reads too, and with nothing left in it that a terminal would obey. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Credentials in any URL, and all after the host of a web address: a webhook's path is its password. */
function withoutUrlSecrets(text: string): string {
  return text
    .replace(/:\/\/[^/\s]*@/g, "://…@")
    .replace(/(https?:\/\/[^/?#\s]+)[/?#][^\s]*/gi, "$1/…");
}

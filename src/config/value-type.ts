import { pathText, type Path } from "./path.ts";
import { byWords, nearest } from "./near-miss.ts";
import { shown, type Raw, type SetRaw, type Written } from "./raw.ts";

/** What is wrong with one value, wherever it came from. */
export interface Fault {
  readonly at: Path;
  /** The value as the reader wrote it, quoted; null where there is none to show. */
  readonly found: string | null;
  /** Goes on after `found`: `is not a duration`. */
  readonly fault: string;
  /** What may be written, as the end of the sentence: `allowed: alert, heal`, `write a whole number`. */
  readonly allowed: string | null;
  /** What was probably meant. */
  readonly suggestion: string | null;
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** How the values of a key are written, read and named. */
export interface ValueType<T> {
  /** With its article, for docs and refusals: `a duration`, `one of alert, heal`. */
  readonly words: string;
  /** How an environment variable says it: as it is, as a list whose items stand between commas or in YAML's or JSON's
   *  brackets, or as YAML or JSON always. */
  readonly inEnvironment: "text" | "list" | "yaml";
  read(raw: SetRaw, at: Path): Reading<T> | Promise<Reading<T>>;
  /** As the file would have it: reading that gives the same value again. */
  write(value: T): Written;
}

/** Null stands for "nobody said". It is the only value that no source can write: null there counts as not set. */
export function orNull<T>(type: ValueType<T>): ValueType<T | null> {
  return {
    words: type.words,
    inEnvironment: type.inEnvironment,
    read: (raw, at) => type.read(raw, at),
    write: (value) => (value === null ? null : type.write(value)),
  };
}

export function right<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export interface FaultHelp {
  readonly allowed?: string | null;
  readonly suggestion?: string | null;
}

export function faultAt(
  at: Path,
  found: Raw | undefined,
  fault: string,
  help: FaultHelp = {},
): Fault {
  return {
    at,
    found: found === undefined ? null : shown(found),
    fault,
    allowed: help.allowed ?? null,
    suggestion: help.suggestion ?? null,
  };
}

export function wrong(at: Path, found: Raw, fault: string, help: FaultHelp = {}): Reading<never> {
  return { ok: false, faults: [faultAt(at, found, fault, help)] };
}

/** The last step of `at` is none of the `siblings`; `elsewhere` are paths where the same word would be right. */
export function unknownKey(
  at: Path,
  siblings: readonly string[],
  elsewhere: readonly string[] = [],
): Fault {
  const word = String(at.at(-1));
  const sibling = nearest(word, siblings);
  const suggestion =
    sibling === null ? byWords(word, elsewhere) : pathText([...at.slice(0, -1), sibling]);
  const allowed = suggestion === null ? `allowed: ${siblings.join(", ")}` : null;
  return faultAt(at, undefined, "unknown key", { allowed, suggestion });
}

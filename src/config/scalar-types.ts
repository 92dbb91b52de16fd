import { DURATION_FORM, formatDuration, parseDuration } from "../domain/duration.ts";
import type { Milliseconds } from "../domain/ids.ts";
import { nearest } from "./near-miss.ts";
import type { Path } from "./path.ts";
import type { Written } from "./raw.ts";
import { right, wrong, type Reading, type ValueType } from "./value-type.ts";

interface ScalarWords {
  readonly words: string;
  /** See `Fault.allowed`. */
  readonly allowed: string | null;
}

/** A type that is one piece of text; lists and mappings are refused in the same words. */
export function scalar<T>(
  { words, allowed }: ScalarWords,
  read: (text: string, at: Path) => Reading<T> | Promise<Reading<T>>,
  write: (value: T) => Written,
): ValueType<T> {
  return {
    words,
    inEnvironment: "text",
    read: (raw, at) =>
      typeof raw === "string" ? read(raw, at) : wrong(at, raw, `is not ${words}`, { allowed }),
    write,
  };
}

/** Text of one line that holds something. */
export function line(words: string): ValueType<string> {
  const allowed = "write one line of text";
  return scalar(
    { words, allowed },
    (text, at) =>
      text.trim() === "" || /\p{Cc}/u.test(text)
        ? wrong(at, text, `is not ${words}`, { allowed })
        : right(text),
    (text) => text,
  );
}

export function choice<const T extends string>(among: readonly T[]): ValueType<T> {
  const allowed = `allowed: ${among.join(", ")}`;
  return scalar(
    { words: `one of ${among.join(", ")}`, allowed },
    (text, at) => {
      const value = among.find((one) => one === text);
      if (value !== undefined) return right(value);
      return wrong(at, text, "is not known", { allowed, suggestion: nearest(text, among) });
    },
    (value) => value,
  );
}

const YES_OR_NO: Readonly<Record<string, string>> = {
  yes: "true",
  on: "true",
  no: "false",
  off: "false",
};

export const trueOrFalse: ValueType<boolean> = scalar(
  { words: "true or false", allowed: "allowed: true, false" },
  (text, at) => {
    if (text === "true" || text === "false") return right(text === "true");
    const suggestion = YES_OR_NO[text.toLowerCase()] ?? nearest(text, ["true", "false"]);
    return wrong(at, text, "is not true or false", { allowed: "allowed: true, false", suggestion });
  },
  (value) => value,
);

export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

export function wholeNumber({ least = 0, most = 1_000_000 }: Bounds): ValueType<number> {
  const words = "a whole number";
  const allowed = `write a whole number from ${least} to ${most}`;
  return scalar(
    { words, allowed },
    (text, at) => {
      if (!/^-?\d{1,9}$/.test(text)) return wrong(at, text, `is not ${words}`, { allowed });
      const value = Number(text);
      if (value < least) return wrong(at, text, "is too small", { allowed });
      return value > most ? wrong(at, text, "is too large", { allowed }) : right(value);
    },
    (value) => value,
  );
}

/** In milliseconds; the bounds too. */
export function duration({ least = 0, most = Infinity }: Bounds = {}): ValueType<Milliseconds> {
  const allowed = `write ${DURATION_FORM}`;
  return scalar(
    { words: "a duration", allowed },
    (text, at) => {
      const value = parseDuration(text);
      if (value === null)
        return wrong(at, text, "is not a duration", { allowed, suggestion: durationMeant(text) });
      if (value < least)
        return wrong(at, text, "is too short", {
          allowed: `write at least ${formatDuration(least)}`,
        });
      if (value > most)
        return wrong(at, text, "is too long", { allowed: `write at most ${formatDuration(most)}` });
      return right(value);
    },
    formatDuration,
  );
}

/** A duration, or the word `auto`. */
export function durationOrAuto(bounds: Bounds = {}): ValueType<Milliseconds | "auto"> {
  const length = duration(bounds);
  return {
    words: "auto or a duration",
    inEnvironment: "text",
    read: (raw, at) => (raw === "auto" ? right("auto" as const) : length.read(raw, at)),
    write: (value) => (value === "auto" ? value : length.write(value)),
  };
}

const WORDY_DURATION =
  /^(\d+)\s*(s(?:ecs?|econds?)?|m(?:ins?|inutes?)?|h(?:rs?|ours?)?|d(?:ays?)?)$/i;

/** `15 minutes`, `15min`, `2 Hours` → `15m`, `15m`, `2h`. */
function durationMeant(text: string): string | null {
  const [, count = "", unit = ""] = WORDY_DURATION.exec(text.trim()) ?? [];
  const meant = `${count}${unit.charAt(0).toLowerCase()}`;
  return meant === text || parseDuration(meant) === null ? null : meant;
}

/// <reference lib="esnext.temporal" />
import { nearest } from "./near-miss.ts";
import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

/** What the machine is set to; UTC where it is set to no known zone. Temporal tells it without loading the
 *  languages that the first `Intl.DateTimeFormat` of a process loads, which takes 10 ms. */
export function machineTimezone(): string {
  return Temporal.Now.timeZoneId();
}

const ALLOWED = "write a name such as Europe/Berlin or UTC";

/** An IANA name, as the ICU data of this Node knows them. */
export const timezone: ValueType<string> = scalar(
  { words: "a time zone", allowed: ALLOWED },
  (text, at) => {
    if (isTimezone(text)) return right(text);
    const fault = "is not a time zone of this system";
    const suggestion = timezoneMeant(text);
    return wrong(at, text, fault, { allowed: suggestion === null ? ALLOWED : null, suggestion });
  },
  (text) => text,
);

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function timezoneMeant(text: string): string | null {
  const zones = Intl.supportedValuesOf("timeZone");
  const city = text.toLowerCase().replaceAll(" ", "_");
  return zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`)) ?? nearest(text, zones);
}

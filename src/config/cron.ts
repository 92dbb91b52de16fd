import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

const WORDS = "a cron expression";
const ALLOWED =
  "write minute, hour, day of month, month and weekday, with seconds before them if need be";

/** As node-cron reads it. The library is loaded when there is an expression to judge: a command with the default
 *  schedule does without. */
export const cron: ValueType<string> = scalar(
  { words: WORDS, allowed: ALLOWED },
  async (text, at) => {
    const { validateDetailed } = await import("node-cron");
    const { valid, errors } = validateDetailed(text);
    if (valid) return right(text);
    const reasons = errors.map(({ message }) => message.replace("a invalid", "an invalid"));
    return wrong(at, text, `is not ${WORDS} (${reasons.join(", ")})`, { allowed: ALLOWED });
  },
  (text) => text,
);

/** A cron expression, or the word `never`, which is null. */
export const cronOrNever: ValueType<string | null> = {
  words: "never or a cron expression",
  inEnvironment: "text",
  read: (raw, at) => (raw === "never" ? right(null) : cron.read(raw, at)),
  write: (value) => value ?? "never",
};

import { isAbsolute } from "node:path";
import { scalar } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

const ALLOWED = "write an absolute path";

/** Of a file or folder. Relative ones would mean another place for the daemon than for the shell. */
export const absolutePath: ValueType<string> = scalar(
  { words: "an absolute path", allowed: ALLOWED },
  (text, at) =>
    isAbsolute(text) && !/\p{Cc}/u.test(text)
      ? right(text)
      : wrong(at, text, "is not an absolute path", { allowed: ALLOWED }),
  (text) => text,
);

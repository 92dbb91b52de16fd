import { MODES, parseTagGlobs, STRATEGIES, type Rule, type RuleMatch } from "../domain/policy.ts";
import { listOf } from "./list-type.ts";
import { record } from "./record-type.ts";
import { choice, duration, scalar, trueOrFalse } from "./scalar-types.ts";
import { right, wrong, type ValueType } from "./value-type.ts";

export const mode = choice(MODES);
export const strategy = choice(STRATEGIES);
export const grace = duration();

const NAME_FORM =
  "write a name, with the wildcards * and ? if need be: brackets, braces and quotes are no part of one";

/** Over the names of containers, projects or services. None has a character of those refused: whoever writes one means
 *  a list, or a class of characters, that would match nothing in silence. */
export const nameGlob: ValueType<string> = scalar(
  { words: "a glob", allowed: NAME_FORM },
  (text, at) =>
    text.trim() === "" || /[\p{Cc}"'`[\]{},]/u.test(text)
      ? wrong(at, text, "is not a glob", { allowed: NAME_FORM })
      : right(text),
  (text) => text,
);

const TAG_FORM = "write letters, digits, dots, dashes, underscores and the wildcards * and ?";

const tagGlob: ValueType<string> = scalar(
  { words: "a glob over tags", allowed: TAG_FORM },
  (text, at) =>
    parseTagGlobs(text)?.length === 1
      ? right(text)
      : wrong(at, text, "is not a glob over tags", { allowed: TAG_FORM }),
  (text) => text,
);

export const tagGlobs = listOf(tagGlob, { words: "a list of globs over tags", least: 1 });

const LABEL_FORM = "write key or key=glob";

const labelMatch: ValueType<string> = scalar(
  { words: "a label", allowed: LABEL_FORM },
  (text, at) =>
    /^[^=\s]+(=.*)?$/.test(text)
      ? right(text)
      : wrong(at, text, "is not a label", { allowed: LABEL_FORM }),
  (text) => text,
);

const ruleMatch: ValueType<RuleMatch> = record({
  words: "a match",
  required: {},
  optional: { project: nameGlob, service: nameGlob, name: nameGlob, label: labelMatch },
  notEmpty: true,
});

export const rule: ValueType<Rule> = record({
  words: "a rule",
  required: { match: ruleMatch },
  optional: { mode, grace, strategy, tags: tagGlobs, enable: trueOrFalse },
});

import { expect, it } from "vitest";
import { effectsOf } from "./mrkdwn-reader.ts";

it.each([
  "<!channel>",
  "a <@U123> b",
  "<http://evil.example|click>",
  "`<!channel>`",
  "so *bold* it is",
  "_italics_",
  "~struck~",
  ":tada:",
  "http://evil.example",
  "> quote",
  "&gt; quote",
  "a lone ` backtick",
  "x`y` z",
])("the reader that the tests rely on sees the effect of %j", (mrkdwn) => {
  expect(effectsOf(mrkdwn)).not.toEqual([]);
});

it.each(["plain", "a_b_c", "in `*code* :x:` only", "```a *b* _c_```", "web:latest at 10:30"])(
  "and none in %j",
  (mrkdwn) => {
    expect(effectsOf(mrkdwn)).toEqual([]);
  },
);

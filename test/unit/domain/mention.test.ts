import { describe, expect, it } from "vitest";
import { mentionText, parseMention } from "../../../src/domain/mention.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";

const REAL = /^<(!here|!channel|!everyone|@[UW][A-Z0-9]{5,20}|!subteam\^S[A-Z0-9]{5,20})>$/;

describe("a mention", () => {
  it.each([
    ["@here", "<!here>"],
    ["<!here>", "<!here>"],
    ["@channel", "<!channel>"],
    ["<!everyone>", "<!everyone>"],
    ["U012AB3CD", "<@U012AB3CD>"],
    ["W012AB3CD", "<@W012AB3CD>"],
    ["<@U012AB3CD>", "<@U012AB3CD>"],
    ["S012AB3CD", "<!subteam^S012AB3CD>"],
    ["<!subteam^S012AB3CD>", "<!subteam^S012AB3CD>"],
  ])("may be written %s and comes out as %s", (written, sent) => {
    const mention = parseMention(written);
    expect(mention && mentionText(mention)).toBe(sent);
    expect(sent).toMatch(REAL);
  });

  it.each([
    "",
    "here",
    "@ops",
    "<!here",
    "!here>",
    "<!here|all of you>",
    "<@U012AB3CD|admin>",
    "<http://evil.example|@here>",
    "@here and more",
    " @here",
    "@here\n",
    "<!here> <!channel>",
    "u012ab3cd",
    "U1",
    "C012AB3CD",
    ...Object.values(HOSTILE_TEXTS),
  ])("is not %j", (written) => {
    expect(parseMention(written)).toBeNull();
  });
});

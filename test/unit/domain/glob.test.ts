import { describe, expect, it } from "vitest";
import { anyGlob, glob } from "../../../src/domain/glob.ts";
import { parseTagGlobs } from "../../../src/domain/policy.ts";

describe("a glob", () => {
  it.each([
    ["web", "web", true],
    ["web", "webs", false],
    ["web", "Web", false],
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "anything/at all", true],
    ["web-*", "web-", true],
    ["web-*", "web-1", true],
    ["web-*", "a web-1", false],
    ["*-web", "shop-web", true],
    ["*-web", "shop-web-1", false],
    ["a*b*c", "abc", true],
    ["a*b*c", "aXbXbYc", true],
    ["a*b*c", "acb", false],
    ["a**b", "ab", true],
    ["*a*", "bab", true],
    ["?", "a", true],
    ["?", "", false],
    ["?", "ab", false],
    ["v?.*", "v1.2", true],
    ["v?.*", "v10.2", false],
    ["*?", "", false],
    ["*?", "a", true],
    ["?*?", "a", false],
    ["?*?", "ab", true],
  ])("%j matches %j: %s", (pattern, text, matches) => {
    expect(glob(pattern)(text)).toBe(matches);
  });

  it.each(["a.c", "a+", "(a)", "[a]", "a|b", "{a,b}", "^a$", "a\\b", "$&"])(
    "%j stands for itself: there are no other signs",
    (pattern) => {
      expect(glob(pattern)(pattern)).toBe(true);
      expect(glob(`${pattern}*`)(`${pattern}!`)).toBe(true);
      expect(glob(pattern)("abc")).toBe(false);
    },
  );

  it("of several, any may match; of none, none does", () => {
    const ci = anyGlob(["ci-*", "test"]);
    expect([ci("ci-7"), ci("test"), ci("web")]).toEqual([true, true, false]);
    expect(anyGlob([])("web")).toBe(false);
  });

  it("costs at most pattern times text, though it be hostile", () => {
    const text = stepCounting("a".repeat(2_000));
    const pattern = `${"a*".repeat(20)}b`;
    expect(glob(pattern)(text.counted)).toBe(false);
    expect(text.steps()).toBeLessThan(3 * pattern.length * 2_000);
  });

  /** A text that counts how often one of its characters is read. */
  function stepCounting(text: string): { readonly counted: string; steps(): number } {
    let steps = 0;
    const counted = new Proxy(Object(text) as object, {
      get(target, key) {
        if (key !== "length") steps++;
        return Reflect.get(target, key) as unknown;
      },
    });
    return { counted: counted as unknown as string, steps: () => steps };
  }
});

describe("globs over tags, as a setting or label gives them", () => {
  it.each([
    ["v*", ["v*"]],
    ["v*,release-?", ["v*", "release-?"]],
    [" v* , main ", ["v*", "main"]],
  ])("%j", (text, globs) => {
    expect(parseTagGlobs(text)).toEqual(globs);
  });

  it.each(["", ",", "v*,", "a b", "a/b", "web:1", "v[12]", "(", "ü*", "t".repeat(129)])(
    "%j could match no tag",
    (text) => {
      expect(parseTagGlobs(text)).toBeNull();
    },
  );
});

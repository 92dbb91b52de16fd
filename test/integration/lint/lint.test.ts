import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it, vi } from "vitest";

/** The first one reads the whole program. */
vi.setConfig({ testTimeout: 180_000 });

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "test/fixtures/lint");
const eslint = new ESLint({ cwd: ROOT });

/** The rules that a fixture breaks when its text stands in a file of the product. */
async function broken(fixture: string, standsIn: string): Promise<(string | null)[]> {
  const text = await readFile(join(FIXTURES, fixture), "utf8");
  const [result] = await eslint.lintText(text, { filePath: join(ROOT, standsIn) });
  return (
    result?.messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId) ?? []
  );
}

describe("the linter refuses", () => {
  it.each([
    [
      "a forgotten await",
      "forgotten-await.ts",
      "src/daemon/clock.ts",
      "@typescript-eslint/no-floating-promises",
    ],
    [
      "a promise where a callback's result is dropped",
      "promise-as-callback.ts",
      "src/daemon/clock.ts",
      "@typescript-eslint/no-misused-promises",
    ],
    [
      "the engine's client outside src/engine",
      "foreign-import.ts",
      "src/daemon/clock.ts",
      "@typescript-eslint/no-restricted-imports",
    ],
    [
      "anything from outside in the domain",
      "impure-domain.ts",
      "src/domain/ids.ts",
      "no-restricted-imports",
    ],
  ])("%s", async (_, fixture, standsIn, rule) => {
    expect(await broken(fixture, standsIn)).toContain(rule);
  });

  it("nothing where the vendor may be imported", async () => {
    expect(await broken("foreign-import.ts", "src/engine/self.ts")).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configurationDocument } from "../../../tools/configuration-document.ts";

it("the documentation says what the program reads (`npm run docs` writes it anew)", () => {
  const written = readFileSync(join(import.meta.dirname, "../../../docs/configuration.md"), "utf8");
  expect(written).toBe(configurationDocument());
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configurationDocument } from "../../../tools/configuration-document.ts";
import { errorsDocument } from "../../../tools/errors-document.ts";

it.each([
  ["configuration.md", configurationDocument],
  ["errors.md", errorsDocument],
])("docs/%s says what the program has (`npm run docs` writes it anew)", (name, document) => {
  const written = readFileSync(join(import.meta.dirname, "../../../docs", name), "utf8");
  expect(written).toBe(document());
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { checkDocument } from "../../../src/status/documents/check.ts";
import { healthDocument } from "../../../src/status/documents/health.ts";
import { historyDocument, incidentsDocument } from "../../../src/status/documents/history.ts";
import { readinessOf } from "../../../src/status/health.ts";
import { SCHEMAS } from "../../../src/status/schemas/schemas.ts";
import { HOSTILE_TEXTS } from "../../harness/hostile-texts.ts";
import { hostileFacts } from "./hostile.ts";
import { ENGINE, NOW, shopHost, sight } from "./samples.ts";

const ajv = new Ajv2020({ allErrors: true, strictTypes: false });

/** What the published schema has against a document; keys that it does not know count, too. */
function faults(name: string, document: object): unknown {
  const validate = ajv.compile(closed(SCHEMAS[`${name}.schema.json`] ?? {}));
  return validate(JSON.parse(JSON.stringify(document))) ? null : validate.errors;
}

/** The same without room for more keys: what is added must be published. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) =>
    value !== null && typeof value === "object" && "properties" in value
      ? { ...value, additionalProperties: false }
      : value,
  ) as object;
}

describe("the published schemas", () => {
  it.each(Object.keys(SCHEMAS))("are in the docs (`npm run docs` writes them anew): %s", (name) => {
    const written = readFileSync(join(import.meta.dirname, "../../../docs/api", name), "utf8");
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(SCHEMAS[name])));
  });

  const DOCUMENTS = ["check", "history", "incidents"] as const;
  const documentOf = (name: (typeof DOCUMENTS)[number], facts = shopHost()): object => {
    const past = { engine: ENGINE, ...facts };
    switch (name) {
      case "check":
        return checkDocument(ENGINE, facts.sight.scan?.judgements ?? [], NOW);
      case "history":
        return historyDocument(past);
      case "incidents":
        return incidentsDocument(past);
    }
  };

  it.each(DOCUMENTS)("describe the document of a host with something of everything: %s", (name) => {
    expect(faults(name, documentOf(name))).toBeNull();
  });

  it.each(DOCUMENTS)("describe every document, whatever names there are: %s", (name) => {
    for (const text of Object.values(HOSTILE_TEXTS))
      expect(faults(name, documentOf(name, hostileFacts(text)))).toBeNull();
  });

  it("describe health", () => {
    expect(faults("health", healthDocument(readinessOf(sight([]), NOW, NOW)))).toBeNull();
  });

  it("are no schemas that everything fits", () => {
    expect(faults("check", {})).not.toBeNull();
    expect(faults("history", { schemaVersion: 1 })).not.toBeNull();
    const document = { ...documentOf("check"), checkedAt: "yesterday" };
    expect(faults("check", document)).toMatchObject([{ instancePath: "/checkedAt" }]);
  });
});

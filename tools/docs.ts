import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCHEMAS } from "../src/status/schemas/schemas.ts";
import { configurationDocument } from "./configuration-document.ts";
import { errorsDocument } from "./errors-document.ts";
import { exampleConfig } from "./example-config.ts";
import { webhookSchemaText } from "./webhook-schema.ts";

const root = join(import.meta.dirname, "..");
const docs = join(root, "docs");
writeFileSync(join(docs, "configuration.md"), configurationDocument());
writeFileSync(join(docs, "errors.md"), errorsDocument());
writeFileSync(join(docs, "webhook.schema.json"), webhookSchemaText());
writeFileSync(join(root, "deploy/stalewatch.yaml"), exampleConfig());
mkdirSync(join(docs, "api"), { recursive: true });
for (const [name, schema] of Object.entries(SCHEMAS))
  writeFileSync(join(docs, "api", name), `${JSON.stringify(schema, null, 2)}\n`);

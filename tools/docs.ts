import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCHEMAS } from "../src/status/schemas/schemas.ts";
import { configurationDocument } from "./configuration-document.ts";
import { errorsDocument } from "./errors-document.ts";
import { webhookSchemaText } from "./webhook-schema.ts";

const docs = join(import.meta.dirname, "../docs");
writeFileSync(join(docs, "configuration.md"), configurationDocument());
writeFileSync(join(docs, "errors.md"), errorsDocument());
writeFileSync(join(docs, "webhook.schema.json"), webhookSchemaText());
mkdirSync(join(docs, "api"), { recursive: true });
for (const [name, schema] of Object.entries(SCHEMAS))
  writeFileSync(join(docs, "api", name), `${JSON.stringify(schema, null, 2)}\n`);

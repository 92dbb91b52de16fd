import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationDocument } from "./configuration-document.ts";
import { errorsDocument } from "./errors-document.ts";
import { webhookSchemaText } from "./webhook-schema.ts";

const docs = join(import.meta.dirname, "../docs");
writeFileSync(join(docs, "configuration.md"), configurationDocument());
writeFileSync(join(docs, "errors.md"), errorsDocument());
writeFileSync(join(docs, "webhook.schema.json"), webhookSchemaText());

import { CHECK_SCHEMA } from "./check.ts";
import { HISTORY_SCHEMA, INCIDENTS_SCHEMA } from "./history.ts";
import { DIALECT, list, object, TEXT, TEXT_OR_NULL } from "./json-schema.ts";

const HEALTH_SCHEMA = {
  $schema: DIALECT,
  title: "stalewatch health, schemaVersion 1",
  ...object({
    schemaVersion: { const: 1 },
    ok: { type: "boolean", description: "The answer's status is 200 if so, else 503." },
    checks: list(
      object({
        name: { enum: ["loop", "engine", "state", "scan"] },
        ok: { type: "boolean" },
        reason: TEXT,
      }),
    ),
  }),
};

const ERROR_SCHEMA = {
  $schema: DIALECT,
  title: "stalewatch error, schemaVersion 1",
  ...object({
    schemaVersion: { const: 1 },
    error: object({ code: TEXT, message: TEXT, hint: TEXT_OR_NULL }),
  }),
};

/** The contracts of the documents, by the names that they are served and published under. Written by hand, because a
 *  contract that follows the code by itself is none; tests hold the two together. */
export const SCHEMAS: Readonly<Record<string, object>> = {
  "check.schema.json": CHECK_SCHEMA,
  "history.schema.json": HISTORY_SCHEMA,
  "incidents.schema.json": INCIDENTS_SCHEMA,
  "health.schema.json": HEALTH_SCHEMA,
  "error.schema.json": ERROR_SCHEMA,
};

/** Words for JSON Schemas, draft 2020-12. */

export const DIALECT = "https://json-schema.org/draft/2020-12/schema";

export type Properties = Readonly<Record<string, object>>;

interface ObjectSchema {
  readonly type: "object";
  readonly properties: Properties;
  readonly required: readonly string[];
}

/** Every key is always there. Others may be added. */
export function object(properties: Properties): ObjectSchema {
  return { type: "object", properties, required: Object.keys(properties) };
}

export function list(items: object): object {
  return { type: "array", items };
}

export function orNull(schema: { readonly type: string }): object {
  return { ...schema, type: [schema.type, "null"] };
}

/** How every document writes a time: in UTC, with milliseconds. */
export const TIME = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";

export function time(description: string): object {
  return { type: "string", pattern: TIME, description };
}

export function timeOrNull(description: string): object {
  return { type: ["string", "null"], pattern: TIME, description };
}

export const TEXT = { type: "string" } as const;
export const TEXT_OR_NULL = orNull(TEXT);
export const COUNT = { type: "integer", minimum: 0 } as const;

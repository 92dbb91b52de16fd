import { html as template } from "hono/html";
import { oneLine, visible } from "../../notify/encode/visible.ts";

/** Markup that `markup` made: all that a page takes as it is. */
export type Html = Exclude<ReturnType<typeof template>, Promise<unknown>>;

/** Texts are foreign until the library has escaped them. null is nothing. */
export type Insert = string | number | null | Html | readonly (Html | null)[];

/** Markup from a template: its literal text is ours, what is put in is escaped unless it is markup itself, and nothing in
 *  it does anything that cannot be seen. Good for text between tags and for attributes in double quotes. */
export function markup(literals: TemplateStringsArray, ...inserted: readonly Insert[]): Html {
  const seen = inserted.map((one) => (typeof one === "string" ? visible(one) : one));
  // It is a promise only where one is put in.
  return template(literals, ...seen) as Html;
}

/** Foreign text as one line. */
export function shown(text: string, max = 200): string {
  return oneLine(text, max);
}

/** Each with something between it and the next. */
export function joined(parts: readonly Html[], between: string): Html {
  return markup`${parts.map((part, i) => (i === 0 ? part : markup`${between}${part}`))}`;
}

import { visible } from "./visible.ts";

/** Markup that `markup` made: the only text that a page takes as it is. */
export class Html {
  readonly #markup: string;

  /** For `markup` alone: everybody else would say that a text is safe without looking. */
  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** @internal */
  static of(literals: TemplateStringsArray, inserted: readonly Insert[]): Html {
    return new Html(literals.map((literal, i) => literal + markupOf(inserted[i])).join(""));
  }

  toString(): string {
    return this.#markup;
  }
}

/** Texts are foreign until `markup` has encoded them. */
export type Insert = string | number | Html | readonly Html[];

/** Markup from a template: its literal text is ours, what is put in is encoded unless it is markup itself. Good for
 *  text between tags and for attributes in double quotes. */
export function markup(literals: TemplateStringsArray, ...inserted: readonly Insert[]): Html {
  return Html.of(literals, inserted);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Nothing in it is markup any more, ends an attribute, or does something that cannot be seen. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function markupOf(insert: Insert | undefined): string {
  if (insert === undefined) return "";
  if (typeof insert === "string" || typeof insert === "number") return escapeHtml(String(insert));
  return insert instanceof Html ? insert.toString() : insert.map(String).join("");
}

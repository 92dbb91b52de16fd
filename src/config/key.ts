import type { ValueType } from "./value-type.ts";

/** The options of the command line that set a key: what the loader is given them under. */
export interface KeyFlags {
  readonly host?: string | null | undefined;
  readonly logLevel?: string | null | undefined;
}

/** One key of the configuration. All that is known of it stands here: reading, environment variable, docs and
 *  example file derive from it. */
export interface Key<T> {
  readonly kind: "key";
  readonly type: ValueType<T>;
  readonly default: T;
  /** Where the default is no constant, or null says too little. */
  readonly defaultInWords: string | null;
  /** Sentences for the docs: what it does, its unit, why the default. */
  readonly description: string;
  /** Masked wherever it is shown, and also read from a file that `…_FILE` names or from a systemd credential. */
  readonly secret: boolean;
  readonly flag: keyof KeyFlags | null;
}

export interface Section<C extends SchemaEntries = SchemaEntries> {
  readonly kind: "section";
  readonly description: string;
  readonly entries: C;
}

export type SchemaEntry = Key<unknown> | Section;
export type SchemaEntries = Readonly<Record<string, SchemaEntry>>;

/** What a schema's keys hold, nested as in the file. */
export type ValuesOf<E> =
  E extends Key<infer T>
    ? T
    : E extends Section<infer C>
      ? { readonly [K in keyof C]: ValuesOf<C[K]> }
      : never;

type KeyTraits<T> = Partial<Pick<Key<T>, "defaultInWords" | "secret" | "flag">>;

export function key<T>(
  type: ValueType<T>,
  standard: NoInfer<T>,
  description: string,
  traits: KeyTraits<T> = {},
): Key<T> {
  const plain = { kind: "key", defaultInWords: null, secret: false, flag: null } as const;
  return { ...plain, type, default: standard, description, ...traits };
}

export function section<C extends SchemaEntries>(description: string, entries: C): Section<C> {
  return { kind: "section", description, entries };
}

import type { Path } from "./path.ts";
import { isList, type Raw } from "./raw.ts";
import { faultAt, right, wrong, type Reading, type ValueType } from "./value-type.ts";

export interface ListShape {
  /** With its article: `a list of container globs`. */
  readonly words: string;
  /** How few items make sense. */
  readonly least?: number;
}

/** A list, or its items in one text between commas, as the environment may have them. */
export function listOf<T>(
  item: ValueType<T>,
  { words, least = 0 }: ListShape,
): ValueType<readonly T[]> {
  const isOfTexts = item.inEnvironment === "text";
  return {
    words,
    inEnvironment: isOfTexts ? "list" : "yaml",
    read: async (raw, at) => {
      const items = itemsOf(raw, isOfTexts);
      if (items === null) return wrong(at, raw, `is not ${words}`);
      if (items.length < least)
        return { ok: false, faults: [faultAt(at, undefined, "the list is empty")] };
      const readings = await Promise.all(
        items.map(async (one, i) => await readItem(item, one, [...at, i])),
      );
      return together(readings);
    },
    write: (values) => values.map((value) => item.write(value)),
  };
}

function itemsOf(raw: Raw, isOfTexts: boolean): readonly Raw[] | null {
  if (isList(raw)) return raw;
  if (typeof raw !== "string" || !isOfTexts) return null;
  return raw.split(",").map((part) => part.trim());
}

function readItem<T>(item: ValueType<T>, raw: Raw, at: Path): Reading<T> | Promise<Reading<T>> {
  return raw === null ? wrong(at, raw, `is not ${item.words}`) : item.read(raw, at);
}

function together<T>(readings: readonly Reading<T>[]): Reading<readonly T[]> {
  const faults = readings.flatMap((reading) => (reading.ok ? [] : reading.faults));
  if (faults.length > 0) return { ok: false, faults };
  return right(readings.flatMap((reading) => (reading.ok ? [reading.value] : [])));
}

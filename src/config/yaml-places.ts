import type { LineCounter, Node, Pair } from "yaml";
import type { Path } from "./path.ts";

/** Where in a text something stands. */
export interface YamlPlace {
  readonly at: Path;
  /** Of the key, or of the item of a list, in characters from the start. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
}

/** No key lies deeper. What a hostile text nests beyond is reported at this depth. */
const DEEPEST = 6;

/** The place of every key and item, in the order of the text. Aliases are not followed. */
export function yamlPlaces(contents: Node | null, lines: LineCounter): readonly YamlPlace[] {
  return contents === null ? [] : placesIn(contents, [], lines);
}

function placesIn(node: Node, at: Path, lines: LineCounter): readonly YamlPlace[] {
  if (at.length >= DEEPEST || !("items" in node)) return [];
  return node.items.flatMap((item, index) =>
    isPair(item)
      ? placeOf(item.key as Node, item.value as Node | null, [...at, keyText(item.key)], lines)
      : placeOf(item as Node, item as Node, [...at, index], lines),
  );
}

function placeOf(
  start: Node,
  value: Node | null,
  at: Path,
  lines: LineCounter,
): readonly YamlPlace[] {
  const offset = start.range?.[0] ?? 0;
  const own = { at, offset, line: lines.linePos(offset).line };
  return value === null ? [own] : [own, ...placesIn(value, at, lines)];
}

function isPair(item: unknown): item is Pair {
  return typeof item === "object" && item !== null && "key" in item;
}

/** As the library names the key in the object that it makes. */
function keyText(key: unknown): string {
  if (typeof key !== "object" || key === null || !("value" in key)) return String(key);
  return typeof key.value === "string" ? key.value : "";
}

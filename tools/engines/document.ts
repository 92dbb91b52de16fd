import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { merged, type Row, rowsIn, table } from "./table.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/compatibility.md");
const BLOCK = /<!-- measured -->([^]*)<!-- \/measured -->/;

/** Puts the rows of a run into the document; those of engines that were not in it stay. */
export function publish(rows: readonly Row[]): void {
  const before = readFileSync(DOCUMENT, "utf8");
  const all = merged(rowsIn(BLOCK.exec(before)?.[1] ?? ""), rows);
  const block = `<!-- measured -->\n\n${table(all)}\n\n<!-- /measured -->`;
  writeFileSync(
    DOCUMENT,
    before.replace(BLOCK, () => block),
  );
}

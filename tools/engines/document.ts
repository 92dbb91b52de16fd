import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DOCUMENT = join(import.meta.dirname, "../../docs/compatibility.md");

/** Puts the table of a run into the document, with the day of the run. */
export function publish(table: string): void {
  const before = readFileSync(DOCUMENT, "utf8");
  const day = new Date().toISOString().slice(0, 10);
  const block = `<!-- measured -->\n\nRun on ${day}:\n\n${table}\n\n<!-- /measured -->`;
  writeFileSync(DOCUMENT, before.replace(/<!-- measured -->[^]*<!-- \/measured -->/, block));
}

import type { DatabaseSync } from "node:sqlite";
import { TABLES } from "./schema.ts";
import { transaction } from "./sqlite.ts";

/** Makes every table of `to` what it is in `from`. A copy row by row, not of the file: it must work from a file on a
 *  full disk into memory and back. */
export function copyTables(from: DatabaseSync, to: DatabaseSync): void {
  transaction(to, () => {
    for (const table of TABLES) {
      to.exec(`DELETE FROM ${table}`);
      copyTable(from, to, table);
    }
  });
}

function copyTable(from: DatabaseSync, to: DatabaseSync, table: string): void {
  const rows = from.prepare(`SELECT * FROM ${table}`).all();
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return;
  const names = columns.join(", ");
  const places = columns.map(() => "?").join(", ");
  const insert = to.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { VERIFY_FAULTS } from "../../../src/domain/verify/replica.ts";
import { WAYS } from "../../engine/deploy/ways.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PAGE = readFileSync(join(ROOT, "docs/RELIABILITY_PLAN.md"), "utf8");

/** The first cells of the table between `<!-- name -->` and `<!-- /name -->`. */
function firstCells(name: string): string[] {
  const block = PAGE.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";
  const rows = block.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) => row.split("|")[1]?.trim() ?? "");
}

it("the page lists the ways in which a container stays stale as they are reproduced", () => {
  expect(firstCells("ways")).toEqual(WAYS.map(({ name }) => name));
});

it("the page lists what cannot be seen as it is reproduced", () => {
  const tests = readFileSync(join(ROOT, "test/engine/deploy/unseen.test.ts"), "utf8");
  const unseen = firstCells("unseen");
  expect(unseen).not.toEqual([]);
  expect(unseen.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});

it("the page explains every fault that verify finds", () => {
  const codes = firstCells("faults").flatMap((cell) => cell.split(", "));
  expect(codes.map((code) => code.replaceAll("`", ""))).toEqual([...VERIFY_FAULTS]);
});

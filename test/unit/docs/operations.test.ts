import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  DIVERGED_REASONS,
  EXCLUDED_REASONS,
  HEAL_BLOCKS,
  UNTRACKED_REASONS,
  WARNING_CODES,
} from "../../../src/domain/verdict.ts";

const TEXT = readFileSync(join(import.meta.dirname, "../../../docs/operations.md"), "utf8");

/** The first column of the table below a heading. */
function rowsBelow(heading: string): readonly string[] {
  const [, section = ""] = TEXT.split(`### ${heading}\n`);
  const [own = ""] = section.split(/^#/m);
  return Array.from(own.matchAll(/^\| `([a-z-]+)` \|/gm), ([, code = ""]) => code);
}

describe("docs/operations.md says what to do", () => {
  it.each([
    ["Reason codes", [...DIVERGED_REASONS, ...UNTRACKED_REASONS, ...EXCLUDED_REASONS]],
    ["Blocks", HEAL_BLOCKS],
    ["Warnings", WARNING_CODES],
  ])("for all of the %s, in their order", (heading, codes) => {
    expect(rowsBelow(heading)).toEqual(codes);
  });
});

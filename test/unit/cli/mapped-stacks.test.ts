import { SourceMap } from "node:module";
import { describe, expect, it } from "vitest";
import { mappedFrame } from "../../../src/cli/mapped-stacks.ts";

/** Line 1, column 1 of the bundle is line 3, column 5 of the source. */
const MAP = new SourceMap({
  version: 3,
  file: "stalewatch.js",
  sources: ["src/daemon/scan.ts"],
  sourcesContent: [],
  names: [],
  mappings: "AAEI",
  sourceRoot: "",
});

describe("a frame of a stack trace", () => {
  it.each([
    ["names the source", "scanOnce (stalewatch.js:1:1)", "scanOnce (src/daemon/scan.ts:3:5)"],
    ["does so without a function", "stalewatch.js:1:1", "src/daemon/scan.ts:3:5"],
    ["stays as it is within Node", "node:internal/timers:685:17", "node:internal/timers:685:17"],
  ])("%s", (_, frame, mapped) => {
    expect(mappedFrame(frame, MAP)).toBe(mapped);
  });
});

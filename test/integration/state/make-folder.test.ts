import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../../src/state/make-folder.ts";
import { temporaryDirectory } from "../../harness/program.ts";

function folder(): string {
  const place = temporaryDirectory();
  onTestFinished(() => {
    place.remove();
  });
  return place.path;
}

it("makes a folder with those above it, once", () => {
  const path = join(folder(), "a/b/c");
  expect(makeFolder(path)).toBe(true);
  expect(existsSync(path)).toBe(true);
  expect(makeFolder(path)).toBe(false);
});

it("says what is in the way", () => {
  const place = folder();
  writeFileSync(join(place, "file"), "");
  expect(() => makeFolder(join(place, "file"))).toThrow("EEXIST");
  expect(() => makeFolder(join(place, "file/a"))).toThrow("ENOTDIR");
});

it("comes to an end where the system lets nobody make one", () => {
  expect(() => makeFolder("/proc/stalewatch/state")).toThrow("ENOENT");
});

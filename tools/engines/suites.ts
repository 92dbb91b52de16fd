import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { EngineName } from "../../test/harness/engine-name.ts";

const ROOT = join(import.meta.dirname, "../..");
const ENGINE_TESTS = join(ROOT, "test/engine");

/** Test files that belong together: those of one folder below test/engine. */
export interface Suite {
  readonly name: string;
  /** As the test runner takes them. */
  readonly files: readonly string[];
}

/** Podman is served by the methods of the engine alone: neither Compose nor Swarm is behind its socket, and what its
 *  inspects leave out makes a clone as good as its API allows, not as the corpus of Docker's options asks for. */
const NOT_ON_PODMAN = /(?:^|\/)(?:compose|deploy|fidelity|swarm)/;

export function suitesFor(engine: EngineName): Suite[] {
  const isMeant = (file: string): boolean =>
    !(engine === "podman-4.3" && NOT_ON_PODMAN.test(relative(ENGINE_TESTS, file)));
  const byName = Map.groupBy(testFiles().filter(isMeant), suiteOf);
  return Array.from(byName, ([name, files]) => ({
    name,
    files: files.map((file) => relative(ROOT, file)),
  }));
}

/** Files beside the folders are of the harness itself. */
export function suiteOf(file: string): string {
  const [folder = "", ...rest] = relative(ENGINE_TESTS, file).split("/").slice(0, -1);
  return folder === "" ? "harness" : [folder, ...rest].join(", ");
}

function testFiles(): string[] {
  return readdirSync(ENGINE_TESTS, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => join(ENGINE_TESTS, name));
}

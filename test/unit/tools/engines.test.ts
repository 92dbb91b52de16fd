import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcomesIn, type Outcome } from "../../../tools/engines/run.ts";
import { suitesFor } from "../../../tools/engines/suites.ts";
import { merged, rowOf, rowsIn, table, type Tested } from "../../../tools/engines/table.ts";

const file = (path: string): string => join(import.meta.dirname, "../../engine", path);
const tests = (...statuses: string[]) => statuses.map((status) => ({ status }));

const judged: Outcome = { suite: "judge", passed: 9, failed: 0, skipped: 5 };
const DOCKER: Tested = {
  kind: "docker",
  store: "containerd",
  version: "28.5.2+dfsg4",
  apiVersion: "1.51",
  day: "2026-11-24",
  outcomes: [judged, { suite: "heal", passed: 3, failed: 1, skipped: 0 }],
};
const PODMAN: Tested = {
  ...DOCKER,
  kind: "podman",
  store: "classic",
  version: "4.3.1",
  apiVersion: "1.41",
  outcomes: [judged],
};

describe("the outcome of the engine tests", () => {
  it("is counted by folder", () => {
    const testResults = [
      { name: file("heal/a.test.ts"), status: "passed", assertionResults: tests("passed") },
      {
        name: file("heal/b.test.ts"),
        status: "failed",
        assertionResults: tests("passed", "failed", "skipped", "pending"),
      },
      { name: file("heal/compose/c.test.ts"), status: "passed", assertionResults: tests("passed") },
      { name: file("harness.test.ts"), status: "passed", assertionResults: tests("passed") },
    ] as const;
    expect(outcomesIn({ testResults })).toEqual([
      { suite: "heal", passed: 2, failed: 1, skipped: 2 },
      { suite: "heal, compose", passed: 1, failed: 0, skipped: 0 },
      { suite: "harness", passed: 1, failed: 0, skipped: 0 },
    ]);
  });

  it("is a failure where a file does not even load", () => {
    const testResults = [
      { name: file("judge/a.test.ts"), status: "failed", assertionResults: [] },
    ] as const;
    expect(outcomesIn({ testResults })).toEqual([
      { suite: "judge", passed: 0, failed: 1, skipped: 0 },
    ]);
  });

  it("is a row for an engine, and a column for a suite", () => {
    expect(table([rowOf(DOCKER), rowOf(PODMAN)]).split("\n")).toEqual([
      "| engine                                       | API  | day        | judge           | heal                   |",
      "| -------------------------------------------- | ---- | ---------- | --------------- | ---------------------- |",
      "| Docker Engine 28.5.2, containerd image store | 1.51 | 2026-11-24 | 9 passed, 5 n/a | 3 passed, **1 failed** |",
      "| Podman 4.3.1                                 | 1.41 | 2026-11-24 | 9 passed, 5 n/a | –                      |",
    ]);
  });

  it("takes the place of the same engine's older one, and leaves the others'", () => {
    const before = table([rowOf(DOCKER), rowOf(PODMAN)]);
    const again = rowOf({ ...PODMAN, day: "2026-12-01" });
    expect(merged(rowsIn(before), [again])).toEqual([rowOf(DOCKER), again]);
  });
});

describe("the suites", () => {
  it("are all of them on Docker, and those of the engine's own methods on Podman", () => {
    const named = (engine: Parameters<typeof suitesFor>[0]): string[] =>
      suitesFor(engine).map(({ name }) => name);
    expect(named("docker-28.5")).toEqual(expect.arrayContaining(["fidelity", "heal", "judge"]));
    expect(named("podman-4.3")).toEqual(["events", "harness", "heal", "judge"]);
  });
});

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcomesIn } from "../../../tools/engines/run.ts";
import { suitesFor } from "../../../tools/engines/suites.ts";
import { table } from "../../../tools/engines/table.ts";

const file = (path: string): string => join(import.meta.dirname, "../../engine", path);
const tests = (...statuses: string[]) => statuses.map((status) => ({ status }));

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
    const outcomes = [{ suite: "judge", passed: 9, failed: 0, skipped: 5 }];
    const more = { suite: "heal", passed: 3, failed: 1, skipped: 0 };
    const docker = { kind: "docker", store: "containerd", version: "28.5.2+dfsg4" } as const;
    const podman = { kind: "podman", store: "classic", version: "4.3.1" } as const;
    expect(
      table([
        { ...docker, apiVersion: "1.51", outcomes: [...outcomes, more] },
        { ...podman, apiVersion: "1.41", outcomes },
      ]).split("\n"),
    ).toEqual([
      "| engine               | image store | API  | judge           | heal                   |",
      "| -------------------- | ----------- | ---- | --------------- | ---------------------- |",
      "| Docker Engine 28.5.2 | containerd  | 1.51 | 9 passed, 5 n/a | 3 passed, **1 failed** |",
      "| Podman 4.3.1         | its own     | 1.41 | 9 passed, 5 n/a | –                      |",
    ]);
  });
});

describe("the suites", () => {
  it("are all of them on Docker, and those of the engine's own methods on Podman", () => {
    const named = (engine: Parameters<typeof suitesFor>[0]): string[] =>
      suitesFor(engine).map(({ name }) => name);
    expect(named("docker-28.5")).toEqual(expect.arrayContaining(["fidelity", "heal", "judge"]));
    expect(named("podman-4.3")).toEqual(["harness", "heal", "judge"]);
  });
});

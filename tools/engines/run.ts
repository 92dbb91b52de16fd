import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineName } from "../../test/harness/engine-name.ts";
import { suiteOf, type Suite } from "./suites.ts";

/** How the tests of one suite ended on one engine. */
export interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  /** What this engine does not have. */
  readonly skipped: number;
}

/** Of the test runner's report what is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: "passed" | "failed";
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Runs suites on an engine; their progress goes to stderr. A suite without any result is missing in the answer. */
export async function runSuites(engine: EngineName, suites: readonly Suite[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "stalewatch-report-"));
  try {
    const path = join(folder, "report.json");
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile=${path}`];
    const files = suites.flatMap((suite) => suite.files);
    const vitest = spawn("vitest", ["run", "--project", "engine", ...reporters, ...files], {
      env: { ...process.env, STALEWATCH_TEST_ENGINE: engine },
      // Standard output is for the result.
      stdio: ["ignore", 2, 2],
    });
    await once(vitest, "exit");
    return outcomesIn(JSON.parse(readFileSync(path, "utf8")) as Report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function outcomesIn({ testResults }: Report): Outcome[] {
  const bySuite = Map.groupBy(testResults, ({ name }) => suiteOf(name));
  return Array.from(bySuite, ([suite, files]) => {
    const tests = files.flatMap((file) => file.assertionResults);
    const count = (status: string): number => tests.filter((one) => one.status === status).length;
    // A file that does not load has no tests that could fail.
    const broken = files.filter((file) => file.status === "failed" && allPassed(file)).length;
    const [passed, failed] = [count("passed"), count("failed") + broken];
    return { suite, passed, failed, skipped: tests.length - passed - count("failed") };
  });
}

function allPassed({ assertionResults }: Report["testResults"][number]): boolean {
  return assertionResults.every(({ status }) => status !== "failed");
}

import type { TestProject } from "vitest/node";
import { openTestEngine } from "./open-test-engine.ts";

declare module "vitest" {
  export interface ProvidedContext {
    engineHost: string;
    engineRunId: string;
  }
}

/** vitest's globalSetup: one engine for the whole run, which test files connect to. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await openTestEngine({
    name: "test engine",
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  project.provide("engineHost", engine.host);
  project.provide("engineRunId", engine.runId);
  return () => engine.close();
}

import type { OpenOptions, TestEngine } from "./engine.ts";
import { openGivenEngine } from "./given-engine.ts";
import { startPrivateEngine } from "./private-engine.ts";

/** The engine that STALEWATCH_TEST_ENGINE names, or else a private one. */
export function openTestEngine(options: OpenOptions = {}): Promise<TestEngine> {
  const given = process.env["STALEWATCH_TEST_ENGINE"] ?? "";
  return given === "" ? startPrivateEngine(options) : openGivenEngine(given, options);
}

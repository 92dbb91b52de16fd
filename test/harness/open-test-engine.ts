import { chosenEngine } from "./engine-name.ts";
import type { OpenOptions, TestEngine } from "./engine.ts";
import { openGivenEngine } from "./given-engine.ts";
import { startPrivateEngine } from "./private-engine.ts";

/** The engine that STALEWATCH_TEST_ENGINE lends, or else a private one. */
export function openTestEngine(options: OpenOptions = {}): Promise<TestEngine> {
  const choice = chosenEngine();
  return choice.kind === "own"
    ? startPrivateEngine(options)
    : openGivenEngine(choice.host, options);
}

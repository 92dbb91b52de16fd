import { afterAll, beforeAll, inject } from "vitest";
import { type Compose, compose1, compose2 } from "./compose.ts";
import type { ComposeLine } from "./compose-packages.ts";
import { connect, type EngineConnection, type OpenOptions, type PrivateEngine } from "./engine.ts";
import { startPrivateEngine } from "./private-engine.ts";
import type {} from "./vitest-engine.ts";

/** Milliseconds: the first start on a machine fetches some 70 MB. */
const START_TIMEOUT = 15 * 60_000;

/** The engine that vitest-engine.ts opened for all test files; it stays up all the time. */
export function connectTestEngine(): Promise<EngineConnection> {
  return connect(inject("engineHost").replace("unix://", ""), inject("engineRunId"));
}

/** An engine of a test file's own, which it may stop and kill. Called outside of any test. */
export function privateEngineForFile(options: OpenOptions = {}): () => PrivateEngine {
  let engine: PrivateEngine | undefined;
  beforeAll(async () => {
    engine = await startPrivateEngine(options);
  }, START_TIMEOUT);
  afterAll(async () => {
    await engine?.close();
  });
  return () => {
    if (engine === undefined) throw new Error("the engine is there only while tests run");
    return engine;
  };
}

/** A Compose command line for a test file. Called outside of any test. */
export function composeForFile(
  line: ComposeLine,
  engine: () => EngineConnection | Promise<EngineConnection> = connectTestEngine,
): () => Compose {
  let compose: Compose | undefined;
  beforeAll(async () => {
    const connection = await engine();
    compose = await (line === "1.29" ? compose1(connection) : compose2(connection, line));
  }, START_TIMEOUT);
  afterAll(() => {
    compose?.close();
  });
  return () => {
    if (compose === undefined) throw new Error("Compose is there only while tests run");
    return compose;
  };
}

let names = 0;

/** A name that no other test has, in this file or in one that runs at the same time. */
export function uniqueName(prefix: string): string {
  names += 1;
  return `${prefix}-${String(process.pid)}-${String(names)}`;
}

import { afterEach } from "vitest";
import { connectEngine, type ConnectOptions } from "../../../src/engine/connect.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import {
  startFakeEngine,
  type FakeEngine,
  type FakeHost,
  type FakeOptions,
} from "../../harness/fake-engine.ts";

export const never = new AbortController().signal;

const opened: FakeEngine[] = [];

/** A fake engine that ends with the test. Called at the top of a test file, it gives the way to start one. */
export function fakeEngines(): (host?: FakeHost, options?: FakeOptions) => Promise<FakeEngine> {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((fake) => fake.close()));
  });
  return async (host, options) => {
    const fake = await startFakeEngine(host, options);
    opened.push(fake);
    return fake;
  };
}

export function connectTo(
  fake: FakeEngine,
  options: Partial<ConnectOptions> = {},
  signal: AbortSignal = never,
): Promise<Engine> {
  return connectEngine({ address: fake.address, timeout: 2000, name: null, ...options }, signal);
}

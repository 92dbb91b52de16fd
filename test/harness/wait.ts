import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

export interface WaitOptions {
  /** Milliseconds until giving up. Default 15,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between two checks. Default 25. */
  readonly intervalMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a check says while it is not there yet. */
export type NotYet = false | null | undefined;

/** A check may also throw while things settle; the last error becomes the timeout's cause. */
export type Check<T> = () => T | NotYet | Promise<T | NotYet>;

export class WaitTimeoutError extends Error {
  override readonly name = "WaitTimeoutError";
}

type Outcome<T> = { kind: "value"; value: T | NotYet } | { kind: "threw"; error: unknown };

/** Polls until `check` gives something other than false, null or undefined, and returns that. */
export async function eventually<T>(
  description: string,
  check: Check<T>,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const deadline = Date.now() + timeoutMs;
  let last: Outcome<T> = { kind: "value", value: undefined };
  do {
    options.signal?.throwIfAborted();
    const outcome = await attempt(check, deadline, options.signal);
    if (outcome === "hangs") {
      throw timedOut(description, timeoutMs, "its check hangs");
    }
    last = outcome;
    if (last.kind === "value" && isThere(last.value)) return last.value;
    await delay(options.intervalMs ?? 25, undefined, { signal: options.signal });
  } while (Date.now() < deadline);
  throw last.kind === "threw"
    ? timedOut(description, timeoutMs, `last it threw ${String(last.error)}`, last.error)
    : timedOut(description, timeoutMs, `last it said ${inspect(last.value)}`);
}

function isThere<T>(value: T | NotYet): value is T {
  return value !== false && value !== null && value !== undefined;
}

/** One check, which may not outlive the deadline: an engine that hangs must not hang the test. */
async function attempt<T>(
  check: Check<T>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Outcome<T> | "hangs"> {
  const over = new AbortController();
  const linked = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    return await Promise.race([
      settle(check),
      delay(Math.max(1, deadline - Date.now()), "hangs" as const, { signal: linked }),
    ]);
  } finally {
    over.abort();
  }
}

async function settle<T>(check: Check<T>): Promise<Outcome<T>> {
  try {
    return { kind: "value", value: await check() };
  } catch (error) {
    return { kind: "threw", error };
  }
}

function timedOut(description: string, timeoutMs: number, state: string, cause?: unknown): Error {
  return new WaitTimeoutError(`${description}: not so within ${String(timeoutMs)} ms; ${state}`, {
    cause,
  });
}

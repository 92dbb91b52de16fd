import { describe, expect, it } from "vitest";
import { turnstile } from "../../../src/notify/turnstile.ts";
import { settled } from "./fake-clock.ts";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function work() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const begin = (name: string) => () =>
    new Promise<string>((resolve) => {
      started.push(name);
      ends.set(name, () => resolve(name));
    });
  return { started, begin, end: (name: string) => ends.get(name)?.() };
}

describe("a turnstile", () => {
  it("lets so many through at the same time, in order", async () => {
    const { started, begin, end } = work();
    const doors = turnstile(2);
    const all = ["a", "b", "c", "d"].map((name) => doors.pass(begin(name), never));
    await settled();
    expect(started).toEqual(["a", "b"]);
    end("b");
    await settled();
    expect(started).toEqual(["a", "b", "c"]);
    for (const name of ["a", "c"]) end(name);
    await settled();
    end("d");
    expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
  });

  it("lets the next through after one that failed", async () => {
    const doors = turnstile(1);
    const failing = doors.pass(() => Promise.reject(new Error("failed")), never);
    const next = doors.pass(() => Promise.resolve("through"), never);
    await expect(failing).rejects.toThrow("failed");
    expect(await next).toBe("through");
  });

  it("sends away who gives up waiting, and keeps no place for them", async () => {
    const { started, begin, end } = work();
    const doors = turnstile(1);
    const stop = new AbortController();
    const first = doors.pass(begin("a"), never);
    const gone = doors.pass(begin("b"), stop.signal);
    const last = doors.pass(begin("c"), never);
    stop.abort(new Error("stopped"));
    await expect(gone).rejects.toThrow("stopped");
    end("a");
    await settled();
    end("c");
    expect(await Promise.all([first, last])).toEqual(["a", "c"]);
    expect(started).toEqual(["a", "c"]);
  });

  it("lets nobody through who comes with an abort", async () => {
    const { started, begin } = work();
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(turnstile(1).pass(begin("a"), stopped)).rejects.toThrow("stopped");
    expect(started).toEqual([]);
  });
});

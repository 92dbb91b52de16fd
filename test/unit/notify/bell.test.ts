import { expect, it } from "vitest";
import { bell } from "../../../src/notify/bell.ts";
import { FakeClock } from "./fake-clock.ts";
import { NOW } from "./news-samples.ts";

const never = new AbortController().signal;

it("ends a wait at the ring, after the time or at the abort", async () => {
  const clock = new FakeClock(NOW);
  const one = bell(clock.sleep);
  const rung = one.wait(1000, never);
  one.ring();
  await rung;
  const timed = one.wait(1000, never);
  await clock.advance(1000);
  await timed;
  const stop = new AbortController();
  const aborted = one.wait(1000, stop.signal);
  stop.abort();
  await aborted;
});

it("forgets no ring that came before the wait, and counts it once", async () => {
  const clock = new FakeClock(NOW);
  const one = bell(clock.sleep);
  one.ring();
  one.ring();
  await one.wait(1000, never);
  expect(clock.slept).toEqual([]);
  const second = one.wait(1000, never);
  expect(clock.slept).toEqual([1000]);
  await clock.advance(1000);
  await second;
});

it("takes a sleep that rejects at its abort as ended", async () => {
  const one = bell(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      }),
  );
  const rung = one.wait(1000, never);
  one.ring();
  await rung;
});

it("passes on what a sleep throws of itself", async () => {
  const one = bell(() => Promise.reject(new Error("no timer")));
  await expect(one.wait(1000, never)).rejects.toThrow("no timer");
});

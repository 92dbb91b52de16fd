import { expect, it } from "vitest";
import { stopPatience } from "../../../src/heal/acts.ts";

const SOME_MORE = 30_000;

it.each([
  ["the engine's own ten seconds", {}, 10_000],
  ["the container's own time", { StopTimeout: 90 }, 90_000],
  ["none, where it is killed at once", { StopTimeout: 0 }, 0],
  ["a day, where the engine would wait without end", { StopTimeout: -1 }, 86_400_000],
])("a stop is waited for as long as the engine does: %s", (_, Config, length) => {
  expect(stopPatience({ Config })).toBe(length + SOME_MORE);
});

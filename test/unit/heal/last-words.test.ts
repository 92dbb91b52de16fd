import { expect, it } from "vitest";
import { containerId } from "../../../src/domain/ids.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import { lastWords } from "../../../src/heal/last-words.ts";

const inspect = { State: { Health: { Log: [{ Output: "no database\n" }] } } };

function engineOf(answers: Partial<Pick<HealEngine, "logs" | "inspect">>): HealEngine {
  return {
    logs: () => Promise.resolve("starting\n"),
    inspect: () => Promise.resolve(inspect),
    ...answers,
  } as unknown as HealEngine;
}

const refusal = (): Promise<never> => Promise.reject(new Error("does not support reading"));

it.each<[string, Partial<Pick<HealEngine, "logs" | "inspect">>, string[]]>([
  ["all", {}, ["starting", "health check: no database"]],
  [
    "what its health check said, though its log cannot be read",
    { logs: refusal },
    ["(no log: does not support reading)", "health check: no database"],
  ],
  [
    "its log, though it is gone meanwhile",
    { inspect: refusal },
    ["starting", "(no health output: does not support reading)"],
  ],
])("the last words of what failed: %s", async (_, answers, words) => {
  expect(await lastWords(containerId("web"), engineOf(answers))).toEqual(words);
});

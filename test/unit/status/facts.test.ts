import { expect, it } from "vitest";
import { engineId } from "../../../src/domain/ids.ts";
import { collectFacts } from "../../../src/status/facts.ts";
import { past, sight } from "./samples.ts";

it("before the first scan, what the state knows of the engine that was seen last is known", () => {
  const asked: string[] = [];
  const source = {
    ...past(),
    lastEngine: () => ({ id: engineId("ENGINE") }),
    incidents: (engine: string) => {
      asked.push(engine);
      return [];
    },
  };
  collectFacts({ ...sight([]), scan: null }, source, new Map(), 0);
  expect(asked).toEqual(["ENGINE"]);
});

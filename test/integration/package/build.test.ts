import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { runCommand } from "../../harness/command.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PROGRAM = join(ROOT, "dist/stalewatch.js");

const build = (): Promise<string> => runCommand(process.execPath, [join(ROOT, "tools/build.ts")]);

it("a build never shows half a program to those who use the last one, nor do two at once", async () => {
  await build();
  const whole = readFileSync(PROGRAM, "utf8");
  const state = { building: true };
  const builds = Promise.all([build(), build()]).finally(() => (state.building = false));
  while (state.building) {
    expect(readFileSync(PROGRAM, "utf8") === whole).toBe(true);
    await turn();
  }
  await builds;
  expect(readdirSync(join(ROOT, "dist")).toSorted()).toEqual(["package.json", "stalewatch.js"]);
}, 120_000);

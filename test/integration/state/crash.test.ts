import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { stateFixture } from "./fixture.ts";
import { ENGINE, subjectOf } from "./records.ts";

const fixture = stateFixture();
const PROGRAM = join(import.meta.dirname, "commit-until-killed.ts");

/** How many commits each process may acknowledge before it is killed; the moment after that is chance. */
const KILLED_AFTER = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];

/** Runs the program until it has acknowledged that many commits, kills it, and gives the last one it acknowledged. */
async function killedAfter(count: number, directory: string, from: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, directory, String(from)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  let last = from - 1;
  createInterface(child.stdout).on("line", (line) => {
    last = Number(line);
    if (last - from + 1 >= count) child.kill("SIGKILL");
  });
  await ended;
  return last;
}

describe("a daemon that is killed in the middle of its work, again and again", () => {
  it("has every scan that was acknowledged, each with its message, and no half of one", async () => {
    const directory = fixture.directory();
    let next = 0;
    for (const count of KILLED_AFTER) {
      const last = await killedAfter(count, directory, next);
      const state = fixture.daemon(directory);
      expect(state.takeEvents()).toEqual([]);
      const open = state.remember(ENGINE).open.map(({ id }) => Number(id.slice(2)));
      expect(open.length).toBeGreaterThan(last);
      expect(open.toSorted((a, b) => a - b)).toEqual(open.map((_, i) => i));
      expect(state.waiting().count).toBe(open.length);
      next = open.length;
      state.close();
    }
    const state = fixture.daemon(directory);
    for (let i = 0; i < next; i++) {
      const head = state.head("slack");
      expect(subjectOf(head)).toBe(`web-${i}`);
      state.delivered(head?.id ?? 0);
    }
  });
});

import { describe, expect } from "vitest";
import { KEYS, startOnTerminal, type Terminal } from "../harness/terminal.ts";
import { imageOf, journal, only, QUICK, type Present } from "./heal-scene.ts";
import { it, type Scene } from "./scene.ts";

interface Asked {
  readonly terminal: Terminal;
  readonly before: Present;
  /** The container as it is now. */
  readonly now: () => Promise<Present>;
  readonly newest: string;
}

/** `stalewatch heal NAME` on a terminal, as far as the question. */
async function asked(scene: Scene, more: readonly string[] = []): Promise<Asked> {
  const web = await scene.startStale("web");
  const before = await only(scene, web);
  const terminal = startOnTerminal(["heal", ...more, web.name], { ...scene.env, ...QUICK });
  await terminal.shows("Go ahead? [y/N]");
  expect(terminal.shown()).toContain("host-1: 1 to heal");
  return { terminal, before, now: () => only(scene, web), newest: await imageOf(scene, web.image) };
}

describe.concurrent("heal asks at a terminal, and", () => {
  it("heals on a yes", async ({ scene }) => {
    const { terminal, now, newest } = await asked(scene);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.exited, terminal.shown()).toBe(0);
    expect((await now()).image).toBe(newest);
  });

  it("heals on a yes with --json, too, which comes after the question", async ({ scene }) => {
    const { terminal, now, newest } = await asked(scene, ["--json"]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.exited, terminal.shown()).toBe(0);
    expect(terminal.shown()).toMatch(/\[y\/N\] [^]*"outcome": "healed"/);
    expect((await now()).image).toBe(newest);
  });

  it.for([
    ["a no", `n${KEYS.enter}`],
    ["just Enter", KEYS.enter],
    ["something else", `maybe${KEYS.enter}`],
    ["Ctrl-D", KEYS.endOfInput],
    ["Ctrl-C", KEYS.interrupt],
  ] as const)("touches nothing on %s, and says so", async ([, keys], { scene }) => {
    const { terminal, before, now } = await asked(scene);
    terminal.type(keys);
    expect(await terminal.exited, terminal.shown()).toBe(2);
    expect(terminal.shown()).toMatch(/\nstalewatch: nothing was changed\r\n$/);
    expect(await now()).toEqual(before);
    expect(await journal(scene)).toEqual([]);
  });
});

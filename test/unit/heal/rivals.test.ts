import { describe, expect, it } from "vitest";
import type { HealEnd } from "../../../src/domain/heal/record.ts";
import { disturbed, isEntry, type Disturbed } from "../../harness/heal/mortal.ts";
import { expectServing, modelStage, type ModelStageOptions } from "./model/stage.ts";

/** Waits at its n-th call or answer until it is let go. */
function held(n: number): Disturbed & { readonly release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const watched = disturbed(
    n,
    () => released,
    (what) => !isEntry(what),
  );
  return { ...watched, release };
}

/** The one begins at the n-th step of the other, and stands at a step of its own until that one has ended. */
async function meet(
  n: number,
  m: number,
  options: ModelStageOptions,
): Promise<{ readonly last: boolean; readonly lastOfAll: boolean }> {
  const stage = await modelStage(options);
  const standing = held(m);
  let rival = Promise.resolve<HealEnd | null>(null);
  const meeting = disturbed(
    n,
    async () => {
      rival = stage.rival.heal(standing);
      while (standing.disturbedAt() === null && stage.rival.journal.ends.length === 0)
        await Promise.resolve();
    },
    (what) => !isEntry(what),
  );
  const ends = [await stage.heal(meeting)];
  standing.release();
  ends.push(await rival);
  const at = `${String(meeting.disturbedAt())} and ${String(standing.disturbedAt())}`;
  const outcomes = ends.flatMap((end) => end?.outcome ?? []);
  expect(stage.engine.twins, at).toEqual([]);
  expectServing(stage, options, `${at}: ${JSON.stringify(ends)}`);
  for (const outcome of outcomes) expect(["healed", "discarded"], at).toContain(outcome);
  expect(
    outcomes.filter((outcome) => outcome === "healed").length,
    `${at}: ${JSON.stringify(ends)}`,
  ).toBeLessThan(2);
  for (const end of ends) expect(end?.quarantine ?? false, at).toBe(false);
  return { last: standing.disturbedAt() === null, lastOfAll: meeting.disturbedAt() === null };
}

describe("two heals of one container, each with a state directory of its own", () => {
  // With dependents there are some hundred steps: a sample of their pairs.
  it.each<[string, ModelStageOptions, number]>([
    ["with a port", {}, 1],
    ["without a port", { published: false }, 1],
    ["with dependents", { dependents: true }, 7],
  ])("%s: one of them at most goes on, wherever they meet", async (_, options, every) => {
    let meetings = 0;
    for (let n = 0, isOver = false; !isOver; n += every)
      for (let m = 0; ; m += every) {
        const { last, lastOfAll } = await meet(n, m, options);
        meetings++;
        isOver = lastOfAll;
        if (last || lastOfAll) break;
      }
    expect(meetings).toBeGreaterThan(50);
  });
});

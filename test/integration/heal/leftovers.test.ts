import { describe, expect, it } from "vitest";
import { healEnd } from "../../../src/domain/heal/record.ts";
import { asideName, temporaryName } from "../../../src/domain/heal/temporary-names.ts";
import { ripeLeftovers, settleLeftovers } from "../../../src/heal/leftovers.ts";
import type { State } from "../../../src/state/state.ts";
import { at, container, containerNamed } from "../../unit/domain/builders.ts";
import { stateFixture } from "../state/fixture.ts";
import { healRecord, SILENT } from "../state/heal-records.ts";
import { memoryEngine } from "./memory-engine.ts";

const fixture = stateFixture();
const NEVER = new AbortController().signal;
const TEMP = temporaryName("web", "h-1");

/** What becomes of a host on which NAME is down and a replacement of the heal `h-1` runs. */
async function settled(state: State): Promise<{ reports: number; running: readonly string[] }> {
  const containers = [
    container({ name: "web", state: "exited" }).row,
    container({ name: TEMP, state: "running" }).row,
  ];
  const engine = memoryEngine(containers);
  const parts = { engine, clock: engine.clock, gate: { settle: 0, healthTimeout: 1000 } };
  const ours = containers.slice(1);
  const reports = await settleLeftovers(ours, { containers }, { ...parts, book: state.heals });
  return { reports: reports.length, running: engine.running() };
}

describe("a container of ours", () => {
  it("that no heal in the journal knows gives way to NAME, and is told of", async () => {
    const state = fixture.daemon(fixture.directory());
    expect(await settled(state)).toEqual({ reports: 1, running: ["web"] });
  });

  it("that an open heal knows is left to its recovery", async () => {
    const state = fixture.daemon(fixture.directory());
    state.heals.open(healRecord({ container: "web", oldId: containerNamed("web") }), SILENT);
    expect(await settled(state)).toEqual({ reports: 0, running: [TEMP] });
  });

  it("that a heal left running on purpose, because NAME is a stranger's, goes on running", async () => {
    const state = fixture.daemon(fixture.directory());
    state.heals
      .open(healRecord({ container: "web", oldId: containerNamed("web") }), SILENT)
      .close(healEnd("left", "another container has the name by now"));
    expect(await settled(state)).toEqual({ reports: 0, running: [TEMP] });
  });
});

describe("a replacement that another watchdog may be at", () => {
  const created = at("12:00");
  /** Whose leftovers are dealt with, so long after the replacement was created. */
  async function ripeAfter(seconds: number, ...names: readonly string[]): Promise<string[]> {
    const containers = names.map((name) => container({ name, created }).row);
    const engine = memoryEngine(containers);
    const clock = { ...engine.clock, now: () => created + seconds * 1000 };
    const gate = { settle: 10_000, healthTimeout: 60_000 };
    const ripe = await ripeLeftovers(containers, { engine, clock, gate }, NEVER);
    return ripe.map(({ name }) => name);
  }

  it("is left to it for as long as its trial may last, and half a minute", async () => {
    expect(await ripeAfter(99, TEMP)).toEqual([]);
    expect(await ripeAfter(100, TEMP)).toEqual([TEMP]);
  });

  it("keeps all that has to do with its container waiting, and no other", async () => {
    const other = asideName("api", "h-2");
    expect(await ripeAfter(99, TEMP, asideName("web", "h-1"), other)).toEqual([other]);
  });
});

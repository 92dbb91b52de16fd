import { describe, expect, it } from "vitest";
import { containerId, subjectKey } from "../../../src/domain/ids.ts";
import type { HealRecord } from "../../../src/domain/heal/record.ts";
import type { HealEngine } from "../../../src/engine/heal-engine.ts";
import type { SwarmEngine } from "../../../src/engine/swarm-engine.ts";
import { recoverHeals, runHeals, type HealerParts } from "../../../src/heal/healer.ts";
import type { Account } from "../../../src/state/heal-book.ts";
import type { State } from "../../../src/state/state.ts";
import { container, containerNamed, imageNamed } from "../../unit/domain/builders.ts";
import { relations, target } from "../../unit/domain/heal/samples.ts";
import { stateFixture } from "../state/fixture.ts";
import { healRecord, SILENT } from "../state/heal-records.ts";
import { ENGINE, posting } from "../state/records.ts";
import { memoryEngine } from "./memory-engine.ts";

const fixture = stateFixture();
const NEVER = new AbortController().signal;
const TOLD: Account = (_record, end) => ({ incident: null, postings: [posting(end.detail)] });
const NO_SWARM = {} as SwarmEngine;

/** As the engine refuses a create because something is missing on its host. */
const refusing = (reason: string): Partial<HealEngine> => ({
  create: () => Promise.reject(Object.assign(new Error(reason), { statusCode: 400 })),
});

function healer(state: State, does: Partial<HealEngine>): HealerParts {
  const engine = memoryEngine(
    ["web", "api"].map((name) => container({ name }).row),
    does,
  );
  return {
    engine,
    swarm: NO_SWARM,
    compose: null,
    clock: engine.clock,
    gate: { settle: 0, healthTimeout: 1000 },
    book: state.heals,
    account: TOLD,
    newId: () => "h-new",
    by: "daemon",
    cleanup: false,
    hiddenLoss: () => Promise.resolve(null),
  };
}

async function healOnce(parts: HealerParts, record: HealRecord): Promise<void> {
  const web = relations("web");
  const planned = {
    target: target(web.name),
    method: "engine",
    dependents: [],
    steps: [],
  } as const;
  await runHeals([{ planned, record, warnings: [] }], parts, NEVER);
}

/** What waits to be told. */
function waiting(state: State): number {
  return state.waiting().count;
}

describe("a heal that is refused when its replacement is to be created", () => {
  const of = (id: string, changes: Partial<HealRecord> = {}): HealRecord =>
    healRecord({ id, container: "web", oldId: containerNamed("web"), ...changes });
  const newer = { ...healRecord().affected.newest, id: imageNamed("v9") };

  it("is told once, not at every attempt, and again when the reason is another", async () => {
    const state = fixture.daemon(fixture.directory());
    const parts = healer(state, refusing("/srv/data does not exist"));
    await healOnce(parts, of("h-1"));
    await healOnce(parts, of("h-2"));
    expect(waiting(state)).toBe(1);
    await healOnce(healer(state, refusing("/srv/other does not exist")), of("h-3"));
    expect(waiting(state)).toBe(2);
    expect(state.heals.since(ENGINE, 0).map(({ end }) => end?.outcome)).toEqual([
      "refused",
      "refused",
      "refused",
    ]);
  });

  it("is told again of a newer image", async () => {
    const state = fixture.daemon(fixture.directory());
    const parts = healer(state, refusing("/srv/data does not exist"));
    await healOnce(parts, of("h-1"));
    const { affected } = healRecord();
    await healOnce(parts, of("h-2", { affected: { ...affected, newest: newer } }));
    expect(waiting(state)).toBe(2);
  });
});

describe("recovery", () => {
  it("of one heal that cannot be recovered keeps none of the others waiting, and says so", async () => {
    const state = fixture.daemon(fixture.directory());
    const stuck = healRecord({ id: "h-1", container: "stuck", oldId: containerId("stuck") });
    const subject = subjectKey("name:web");
    const web = healRecord({ id: "h-2", container: "web", oldId: containerNamed("web"), subject });
    state.heals.open(stuck, SILENT);
    state.heals.open(web, SILENT);
    const parts = healer(state, {});
    const engine: HealEngine = {
      ...parts.engine,
      inspect: (id, signal) =>
        id.includes("stuck")
          ? Promise.reject(new Error("no answer"))
          : parts.engine.inspect(id, signal),
    };
    const { reports, failures } = await recoverHeals({ ...parts, engine }, NEVER);
    expect(reports.map(({ record }) => record.id)).toEqual(["h-2"]);
    expect(failures.map(({ record, error }) => [record.id, String(error)])).toEqual([
      ["h-1", "Error: no answer"],
    ]);
    expect(state.heals.interrupted(ENGINE).map(({ id }) => id)).toEqual(["h-1"]);
    expect(state.heals.since(ENGINE, 0).find(({ id }) => id === "h-2")?.end).toMatchObject({
      outcome: "discarded",
    });
  });
});

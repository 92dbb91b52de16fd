import { describe, expect, it } from "vitest";
import { scan, type Reporting, type Scan } from "../../../src/daemon/scan.ts";
import { healEnd } from "../../../src/domain/heal/record.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { DEFAULT_POLICY } from "../../../src/domain/policy.ts";
import type { State } from "../../../src/state/state.ts";
import { at, divergence, rebuilt, remembered, V1, V2 } from "../../unit/domain/builders.ts";
import { stateFixture } from "../state/fixture.ts";
import { ENDS_INCIDENT, healRecord } from "../state/heal-records.ts";
import { commit, ENGINE, incident, NO_CHANGE } from "../state/records.ts";

const fixture = stateFixture();
const NEVER = new AbortController().signal;
const REPORTING: Reporting = {
  reminder: 3_600_000,
  newId: () => "i-false",
  route: () => [],
  extra: [],
};

/** An engine on which the web service is stale; `meanwhile` happens while it answers. */
function staleEngine(meanwhile: () => void): Engine {
  const { snapshot, images, containers } = rebuilt();
  return {
    identity: { ...snapshot.engine, id: ENGINE },
    clockSkew: null,
    calls: 0,
    observe: () => {
      meanwhile();
      return Promise.resolve(snapshot);
    },
    learnImage: (id) => {
      const fact = images.get(id);
      if (fact === undefined) throw new Error(`there is no image ${id}`);
      return Promise.resolve({ ...fact, firstSeenAt: at("12:05") });
    },
    learnContainer: (id) => Promise.resolve(containers.get(id) ?? null),
    startedAt: () => Promise.resolve(null),
    follow: () => Promise.reject(new Error("a scan follows nothing")),
  };
}

function lookDuring(state: State, meanwhile: () => void): Promise<Scan> {
  const options = {
    engine: staleEngine(meanwhile),
    ledger: state,
    policy: DEFAULT_POLICY,
    self: null,
    healWindowOpen: true,
    selection: null,
    reporting: REPORTING,
    now: () => at("12:40"),
    lastScanAt: null,
    clocks: null,
  };
  return scan(options, NEVER);
}

/** A state that knows both images, their divergence and the incident. */
function knowing(): State {
  const state = fixture.daemon(fixture.directory());
  const images = [remembered(V1, "10:00"), remembered(V2, "12:05")];
  commit(state, {
    change: { ...NO_CHANGE, images, divergences: [divergence()] },
    incidents: [incident()],
  });
  return state;
}

describe("a scan that saw the old container", () => {
  it("opens no incident when the heal ends before the scan is concluded", async () => {
    const state = knowing();
    const lease = state.heals.open(healRecord(), ENDS_INCIDENT);
    const { bulletin } = await lookDuring(state, () => {
      lease.close(healEnd("healed", "done"));
    });
    expect(bulletin).toBeNull();
    expect(state.remember(ENGINE).open).toEqual([]);
  });

  it("goes by what it saw when there was no heal", async () => {
    const state = knowing();
    await lookDuring(state, () => undefined);
    expect(state.remember(ENGINE).open.map(({ id }) => id)).toEqual(["i-1"]);
  });
});

import { spawnSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { healEnd, HEAL_OUTCOMES, type HealOutcome } from "../../../src/domain/heal/record.ts";
import { subjectKey } from "../../../src/domain/ids.ts";
import { quarantineKey } from "../../../src/domain/memory.ts";
import { MIGRATIONS } from "../../../src/state/schema.ts";
import type { State } from "../../../src/state/state.ts";
import {
  at,
  containerNamed,
  divergence,
  image,
  minutes,
  remembered,
  WEB,
} from "../../unit/domain/builders.ts";
import { affected } from "../../unit/notify/news-samples.ts";
import { fileIn } from "./files.ts";
import { stateFixture } from "./fixture.ts";
import {
  composeHealRecord,
  ENDS_INCIDENT,
  healing,
  healRecord,
  SECRET,
  sidecar,
  sidecarRecord,
  SILENT,
} from "./heal-records.ts";
import { stateProcesses } from "./state-process.ts";
import {
  commit,
  deployHold,
  ENGINE,
  incident,
  NO_CHANGE,
  OTHER_ENGINE,
  subjectOf,
} from "./records.ts";

const fixture = stateFixture();
const processes = stateProcesses();
const NEW_ID = containerNamed("the replacement");
const FAILED_HERE = quarantineKey(WEB, affected().newest.id);

describe("a heal in the journal", () => {
  it("is one at a time for a subject: the second is refused by name", () => {
    const directory = fixture.directory();
    const daemon = fixture.daemon(directory);
    daemon.heals.open(healRecord(), SILENT);
    expect(() => fixture.command(directory).heals.open(healRecord({ id: "h-2" }), SILENT)).toThrow(
      expect.objectContaining({
        code: "HEAL_UNDER_WAY",
        message: "a heal of infra2-web-1 is open already",
        hint: expect.stringContaining("stalewatch doctor --repair") as string,
      }),
    );
    expect(daemon.heals.interrupted(ENGINE).map(({ id }) => id)).toEqual(["h-1"]);
  });

  it("may be the next when the one before has ended, and one for another engine at any time", () => {
    const { heals } = fixture.daemon(fixture.directory());
    heals.open(healRecord(), SILENT).close(healEnd("rolled-back", "it fell"));
    heals.open(healRecord({ id: "h-2" }), SILENT);
    heals.open(healRecord({ id: "h-3", engine: OTHER_ENGINE }), SILENT);
    expect(heals.interrupted(ENGINE).map(({ id }) => id)).toEqual(["h-2"]);
    expect(heals.interrupted(OTHER_ENGINE).map(({ id }) => id)).toEqual(["h-3"]);
  });

  it("makes its subject one that is being healed, until it ends", () => {
    const state = fixture.daemon(fixture.directory());
    const lease = state.heals.open(healRecord({ dependents: [sidecar()] }), SILENT);
    lease.openDependent(sidecarRecord());
    expect(healing(state)).toEqual([WEB, "name:infra2-sidecar-1"]);
    lease.close(healEnd("healed", "done"));
    expect(healing(state)).toEqual([]);
  });

  it("makes those that stand or fall with its subject be healed, and fall, with it", () => {
    const state = fixture.daemon(fixture.directory());
    const sibling = subjectKey("compose:infra2/web/2");
    const quarantined = (): boolean =>
      state.remember(ENGINE).memory.quarantine.has(quarantineKey(sibling, affected().newest.id));
    const first = state.heals.open(healRecord({ siblings: [sibling] }), SILENT);
    expect(healing(state)).toEqual([WEB, sibling].sort());
    first.close(healEnd("rolled-back", "it fell", { quarantine: true }));
    expect(healing(state)).toEqual([]);
    expect(quarantined()).toBe(true);
    state.heals
      .open(healRecord({ id: "h-2", siblings: [sibling] }), SILENT)
      .close(healEnd("healed", "done"));
    expect(quarantined()).toBe(false);
  });

  it("is resumed by another process where it was cut off, with its dependents in their order", () => {
    const directory = fixture.directory();
    const before = fixture.daemon(directory);
    const record = healRecord({ dependents: [sidecar("a"), sidecar("b")] });
    const lease = before.heals.open(record, SILENT);
    lease.created(NEW_ID);
    lease.enter("stopping");
    lease.enter("started");
    lease.enter("passed");
    lease.openDependent(sidecarRecord("h-1-1", "a")).enter("passed");
    lease.openDependent(sidecarRecord("h-1-2", "b")).created(containerNamed("b's"));
    before.close();

    const { heals } = fixture.daemon(directory);
    const [row, ...others] = heals.interrupted(ENGINE);
    expect(others).toEqual([]);
    if (row === undefined) throw new Error("nothing was cut off");
    const resumed = heals.resume(row, SILENT);
    expect(resumed.record).toEqual(record);
    expect([resumed.phase, resumed.replacementId]).toEqual(["passed", NEW_ID]);
    expect(resumed.dependents.map((one) => [one.record.container, one.phase])).toEqual([
      ["a", "passed"],
      ["b", "open"],
    ]);
    expect(resumed.dependents[1]?.replacementId).toBe(containerNamed("b's"));
    expect(row.steps.map(({ phase }) => phase)).toEqual(["open", "stopping", "started", "passed"]);
    resumed.close(healEnd("healed", "done"));
    expect(heals.interrupted(ENGINE)).toEqual([]);
    expect(heals.dependentsOf("h-1").map(({ end }) => end?.outcome)).toEqual(["healed", "healed"]);
  });

  it("enters the same phase once", () => {
    const { heals } = fixture.daemon(fixture.directory());
    const lease = heals.open(healRecord(), SILENT);
    lease.enter("open");
    lease.enter("stopping");
    lease.enter("stopping");
    expect(heals.interrupted(ENGINE)[0]?.steps.map(({ phase }) => phase)).toEqual([
      "open",
      "stopping",
    ]);
  });

  it("is known by its ID for as long as it is remembered", () => {
    const { heals } = fixture.daemon(fixture.directory());
    const lease = heals.open(healRecord(), SILENT);
    lease.openDependent(sidecarRecord());
    lease.close(healEnd("left", "others took over"));
    expect(["h-1", "h-1-1", "h-2"].map((id) => heals.knows(id))).toEqual([true, true, false]);
  });
});

/** A state with the web service's incident and divergence, and that heal open. */
function openHeal(): { readonly state: State; readonly end: (outcome: HealOutcome) => void } {
  const state = fixture.daemon(fixture.directory());
  commit(state, { change: { ...NO_CHANGE, divergences: [divergence()] }, incidents: [incident()] });
  const lease = state.heals.open(healRecord(), ENDS_INCIDENT);
  return {
    state,
    end: (outcome) => {
      lease.close(healEnd(outcome, "so it went", { quarantine: outcome === "rolled-back" }));
    },
  };
}

describe("the end of a heal", () => {
  it("is committed with the incident, the message and the divergence", () => {
    const { state, end } = openHeal();
    end("healed");
    const { memory, open } = state.remember(ENGINE);
    expect(open).toEqual([]);
    expect(state.incidents(ENGINE, 0)).toMatchObject([{ id: "i-1", resolution: "fresh" }]);
    expect(subjectOf(state.head("slack"))).toBe("healed");
    expect(memory.divergences.size).toBe(0);
    expect(memory.quarantine.size).toBe(0);
  });

  it("puts the image that failed into quarantine, and keeps the divergence", () => {
    const { state, end } = openHeal();
    end("rolled-back");
    const { memory } = state.remember(ENGINE);
    expect([...memory.quarantine]).toEqual([FAILED_HERE]);
    expect(memory.divergences.get(WEB)).toEqual(divergence());
  });

  it("lifts the quarantine of the image that works after all", () => {
    const { state, end } = openHeal();
    end("rolled-back");
    state.heals.open(healRecord({ id: "h-2" }), SILENT).close(healEnd("healed", "done"));
    expect(state.remember(ENGINE).memory.quarantine.size).toBe(0);
  });

  it("is all or nothing: what cannot be told is not ended", () => {
    const state = fixture.daemon(fixture.directory());
    commit(state, { incidents: [incident()] });
    const lease = state.heals.open(healRecord(), () => {
      throw new Error("no words");
    });
    expect(() => {
      lease.close(healEnd("rolled-back", "it fell", { quarantine: true }));
    }).toThrow("no words");
    expect(healing(state)).toEqual([WEB]);
    expect(state.remember(ENGINE).memory.quarantine.size).toBe(0);
    expect(state.heals.interrupted(ENGINE)).toHaveLength(1);
  });

  it("finds the subject's own incident, not another's", () => {
    const state = fixture.daemon(fixture.directory());
    const other = incident({ id: "i-2", subject: sidecar().subject });
    commit(state, { incidents: [other] });
    state.heals.open(healRecord(), ENDS_INCIDENT).close(healEnd("healed", "done"));
    expect(state.remember(ENGINE).open).toEqual([other]);
  });

  it("is known afterwards, newest first, as far as it was that subject's", () => {
    const { heals } = fixture.daemon(fixture.directory());
    const ends: readonly [string, HealOutcome][] = [
      ["h-1", "refused"],
      ["h-2", "rolled-back"],
    ];
    for (const [id, outcome] of ends)
      heals.open(healRecord({ id }), SILENT).close(healEnd(outcome, `${id} is over`));
    const parent = heals.open(healRecord({ id: "h-3", subject: sidecar("x").subject }), SILENT);
    parent.openDependent(healRecord({ id: "h-3-1" }));
    parent.close(healEnd("healed", "with the web service in tow"));
    expect(heals.lastOf(ENGINE, WEB).map(({ detail }) => detail)).toEqual([
      "h-2 is over",
      "h-1 is over",
    ]);
  });

  it("may be a refusal before anything began: in the history, and told", () => {
    const { state } = openHeal();
    state.heals.open(healRecord({ id: "h-0", subject: sidecar().subject }), SILENT);
    const record = healRecord({ id: "h-9", subject: sidecar("y").subject });
    state.heals.refuse(record, healEnd("refused", "it is paused"), ENDS_INCIDENT);
    expect(state.heals.since(ENGINE, 0).find(({ id }) => id === "h-9")).toMatchObject({
      phase: "refused",
      end: { outcome: "refused", detail: "it is paused" },
    });
    expect(subjectOf(state.head("slack"))).toBe("healed");
  });
});

/** Whether any file of the state has these bytes. Asked of another process: closing a file in this one would drop the
 *  locks that it has on it. */
function isAnywhereIn(directory: string, text: string): boolean {
  const { status } = spawnSync("grep", ["-rqa", "--", text, directory]);
  return status === 0;
}

describe("what people put into environment variables", () => {
  const kept: ReadonlySet<HealOutcome> = new Set(["lost", "failed"]);

  it.each(HEAL_OUTCOMES.filter((outcome) => !kept.has(outcome)))(
    "is gone from the disk when the heal has ended, while the state is in use: %s",
    (outcome) => {
      const directory = fixture.directory();
      const state = fixture.daemon(directory);
      // A reader that holds nothing up: a command beside the daemon.
      const command = fixture.command(directory);
      expect(command.heals.interrupted(ENGINE)).toEqual([]);
      const lease = state.heals.open(healRecord({ dependents: [sidecar()] }), SILENT);
      lease.openDependent(sidecarRecord()).enter("passed");
      expect(isAnywhereIn(directory, SECRET)).toBe(true);
      lease.close(healEnd(outcome, "so it went"));
      expect(isAnywhereIn(directory, SECRET)).toBe(false);
      expect(isAnywhereIn(directory, "so it went")).toBe(true);
    },
  );

  it.each([...kept])(
    "stays as long as something may have to be made from it again: %s",
    (outcome) => {
      const directory = fixture.directory();
      const state = fixture.daemon(directory);
      state.heals.open(healRecord(), SILENT).close(healEnd(outcome, "so it went"));
      const [row] = state.heals.since(ENGINE, 0);
      expect(row?.record).toEqual(healRecord());
    },
  );

  it("is gone when a heal through Compose has ended", () => {
    const directory = fixture.directory();
    const { heals } = fixture.daemon(directory);
    const lease = heals.openFor(composeHealRecord(), "open", SILENT);
    expect(isAnywhereIn(directory, SECRET)).toBe(true);
    lease.close(healEnd("rolled-back", "it fell"));
    expect(isAnywhereIn(directory, SECRET)).toBe(false);
  });

  it("is not written at all for a heal that is refused before it began", () => {
    const directory = fixture.directory();
    const state = fixture.daemon(directory);
    state.heals.refuse(healRecord(), healEnd("refused", "it is paused"), SILENT);
    expect(isAnywhereIn(directory, SECRET)).toBe(false);
  });

  it("is gone with a lost one that is old enough to be forgotten", () => {
    const directory = fixture.directory();
    const state = fixture.daemon(directory);
    state.heals.open(healRecord(), SILENT).close(healEnd("lost", "both are gone"));
    state.prune(at("12:00") + minutes(2), minutes(1));
    expect(state.heals.since(ENGINE, 0)).toEqual([]);
    expect(isAnywhereIn(directory, SECRET)).toBe(false);
  });
});

describe("old heals", () => {
  it("are forgotten after the retention, with their dependents; open ones never", () => {
    const state = fixture.daemon(fixture.directory());
    const lease = state.heals.open(healRecord(), SILENT);
    lease.openDependent(sidecarRecord());
    lease.close(healEnd("healed", "done"));
    state.heals.open(healRecord({ id: "h-2" }), SILENT);
    state.prune(at("12:00", 1), minutes(24 * 60));
    expect(state.heals.since(ENGINE, 0)).toHaveLength(2);
    state.prune(at("12:01", 1), minutes(24 * 60));
    expect(state.heals.since(ENGINE, 0).map(({ id }) => id)).toEqual(["h-2"]);
    expect(state.heals.dependentsOf("h-1")).toEqual([]);
  });

  it("leave their quarantine behind for as long as the image is there", () => {
    const state = fixture.daemon(fixture.directory());
    const fact = { ...remembered(image("v2"), "12:05"), id: affected().newest.id };
    commit(state, { change: { ...NO_CHANGE, images: [fact] } });
    const lease = state.heals.open(healRecord(), SILENT);
    lease.close(healEnd("rolled-back", "it fell", { quarantine: true }));
    state.prune(at("12:01", 1), minutes(24 * 60));
    expect(state.heals.since(ENGINE, 0)).toEqual([]);
    expect([...state.remember(ENGINE).memory.quarantine]).toEqual([FAILED_HERE]);

    commit(state, { change: { ...NO_CHANGE, forgetImages: [fact.id] } });
    state.prune(at("12:02", 1), minutes(24 * 60));
    expect(state.remember(ENGINE).memory.quarantine.size).toBe(0);
  });
});

describe("a file from before there were heals", () => {
  it("gets a journal, and keeps what is in it", () => {
    const directory = fixture.directory();
    const before = new DatabaseSync(fileIn(directory));
    before.exec(MIGRATIONS[0] ?? "");
    before.exec("PRAGMA user_version = 1");
    before
      .prepare("INSERT INTO hold VALUES (?, ?, ?, ?, ?, ?)")
      .run("hold-1", ENGINE, "shop", null, at("13:00"), "a deploy");
    before.close();

    const state = fixture.daemon(directory);
    expect(state.takeEvents()).toEqual([]);
    expect(state.holds(ENGINE, at("12:30"))).toEqual([deployHold()]);
    const { memory } = state.remember(ENGINE);
    expect([memory.healing.size, memory.quarantine.size]).toEqual([0, 0]);
    state.heals.open(healRecord(), SILENT);
    expect(healing(state)).toEqual([WEB]);
  });
});

describe("a disk that takes nothing", () => {
  it("means no heal: it is not even opened", async () => {
    const daemon = processes.startOnDisk(1024 * 1024);
    await daemon.tell("open", { mayReplace: true });
    await daemon.tell("fillDisk");
    await expect(daemon.tell("openHeal", healRecord())).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
    });
    await daemon.tell("freeDisk");
    await daemon.tell("openHeal", healRecord());
  });

  it("in the middle: the phase that it refuses is not entered, and the heal stays open", async () => {
    const daemon = processes.startOnDisk(1024 * 1024);
    await daemon.tell("open", { mayReplace: true });
    await daemon.tell("openHeal", healRecord());
    await daemon.tell("enterHeal", "stopping");
    await daemon.tell("fillDisk");
    await expect(daemon.tell("enterHeal", "stopped")).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
    });
    await expect(daemon.tell("closeHeal", healEnd("healed", "done"))).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
    });
    expect(await daemon.tell("openHeals")).toMatchObject([{ id: "h-1", phase: "stopping" }]);
    await daemon.tell("freeDisk");
    await daemon.tell("closeHeal", healEnd("healed", "done"));
    expect(await daemon.tell("openHeals")).toEqual([]);
  });

  it("since before the start: a state in memory keeps no journal, so nothing is opened", async () => {
    const daemon = processes.startOnDisk(1024 * 1024);
    await daemon.tell("content");
    await daemon.tell("fillDisk");
    await daemon.tell("open", { mayReplace: true });
    expect(await daemon.tell("degraded")).toEqual(expect.any(String));
    await expect(daemon.tell("openHeal", healRecord())).rejects.toMatchObject({
      code: "STATE_UNUSABLE",
    });
  });
});

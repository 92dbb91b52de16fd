import { describe, expect, it } from "vitest";
import {
  HEAL_PHASES,
  recoveryFor,
  type HealPhase,
  type HealWorld,
  type Recovery,
  type Sighting,
} from "../../../../src/domain/heal/recovery.ts";

const world = (old: Sighting, replacement: Sighting, more: Partial<HealWorld> = {}): HealWorld => ({
  old,
  replacement,
  stranger: null,
  oldTouched: false,
  ...more,
});

describe("a heal that was cut off", () => {
  it.each<[string, HealPhase, HealWorld, Recovery["do"]]>([
    [
      "before the replacement was created: nothing happened",
      "open",
      world("running", "absent"),
      "discard",
    ],
    [
      "after the replacement was created: it is removed",
      "open",
      world("running", "created"),
      "discard",
    ],
    [
      "while a person stopped the old one: the replacement is removed",
      "open",
      world("exited", "created", { oldTouched: true }),
      "discard",
    ],
    ["while the old one stopped, and it has", "stopping", world("exited", "created"), "roll-back"],
    [
      "while the old one stopped, and it still runs",
      "stopping",
      world("running", "created"),
      "roll-back",
    ],
    ["between stop and start", "stopped", world("exited", "created"), "roll-back"],
    [
      "between stop and start, and the engine revived the old one",
      "stopped",
      world("running", "created"),
      "keep-old",
    ],
    [
      "on trial, and the engine revived the old one only",
      "started",
      world("running", "exited"),
      "keep-old",
    ],
    ["on trial, and the trial goes on", "started", world("exited", "running"), "gate"],
    ["on trial, and both run", "started", world("running", "running"), "roll-back"],
    [
      "on trial, and both are down after an engine restart",
      "started",
      world("exited", "exited"),
      "gate",
    ],
    [
      "on trial, and the replacement was never started",
      "started",
      world("exited", "created"),
      "gate",
    ],
    [
      "on trial, and somebody removed the replacement",
      "started",
      world("exited", "absent"),
      "roll-back",
    ],
    ["on trial, and somebody pruned the old one", "started", world("absent", "running"), "adopt"],
    [
      "before the stop, and somebody pruned the old one",
      "open",
      world("absent", "created"),
      "adopt",
    ],
    ["after the gate: it goes forward", "passed", world("exited", "running"), "commit"],
    [
      "after the gate, and the old one runs again: forward all the same",
      "passed",
      world("running", "running"),
      "commit",
    ],
    [
      "after the gate, and the replacement is gone",
      "passed",
      world("exited", "absent"),
      "roll-back",
    ],
    [
      "in the commit, and the replacement is down after an engine restart",
      "committing",
      world("exited", "exited"),
      "gate",
    ],
    [
      "in the commit, and the old one is removed already",
      "committing",
      world("absent", "running"),
      "commit",
    ],
    [
      "in the commit, with the replacement down and no way back",
      "committing",
      world("absent", "exited"),
      "commit",
    ],
    ["on the way back", "rolling-back", world("exited", "exited"), "roll-back"],
    [
      "on the way back, and the old one is gone",
      "rolling-back",
      world("absent", "exited"),
      "adopt",
    ],
  ])("%s", (_, phase, seen, what) => {
    expect(recoveryFor(phase, seen).do).toBe(what);
  });

  it.each(HEAL_PHASES)(
    "in phase %s leaves a stranger that has the name in peace, unless nothing else of the service is left",
    (phase) => {
      const running = { running: true, sameSubject: true };
      const down = { running: false, sameSubject: true };
      expect(recoveryFor(phase, world("exited", "created", { stranger: running }))).toMatchObject({
        do: "stand-aside",
        start: "nothing",
      });
      expect(recoveryFor(phase, world("exited", "created", { stranger: down }))).toMatchObject({
        do: "stand-aside",
        start: "old",
      });
      expect(recoveryFor(phase, world("absent", "created", { stranger: down }))).toMatchObject({
        do: "stand-aside",
        start: "replacement",
      });
      expect(recoveryFor(phase, world("absent", "absent", { stranger: down }))).toMatchObject({
        do: "stand-aside",
        start: "stranger",
      });
      const other = { running: false, sameSubject: false };
      expect(recoveryFor(phase, world("absent", "absent", { stranger: other }))).toMatchObject({
        do: "stand-aside",
        start: "nothing",
      });
    },
  );

  it.each(HEAL_PHASES)("in phase %s resurrects nothing when both are gone", (phase) => {
    expect(recoveryFor(phase, world("absent", "absent"))).toMatchObject({
      do: "close",
      // Under its name it was other people's.
      lost: phase !== "committing",
    });
  });

  it("has an answer to everything", () => {
    const sightings: Sighting[] = ["absent", "created", "running", "exited"];
    for (const phase of HEAL_PHASES)
      for (const old of sightings)
        for (const replacement of sightings)
          for (const oldTouched of [true, false])
            expect(recoveryFor(phase, world(old, replacement, { oldTouched })).why).not.toBe("");
  });
});

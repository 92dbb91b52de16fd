import { describe, expect, it } from "vitest";
import {
  replicaTurn,
  serviceTurn,
  type ReplicaTurn,
  type ReplicaWorld,
  type ServiceTurn,
} from "../../../../src/domain/heal/compose-turn.ts";

const BEFORE: ReplicaWorld = {
  old: "running",
  oldIsUntouched: true,
  wasFresh: false,
  successor: "absent",
  strangerRuns: false,
};
const touched = { ...BEFORE, oldIsUntouched: false };
const gone = { ...touched, old: "absent" } as const;
const DONE = { ...gone, successor: "running" } as const;
const STOPPED = { ...touched, old: "exited" } as const;

describe("what became of one container", () => {
  it.each<[string, ReplicaWorld, ReplicaTurn]>([
    ["nothing happened", BEFORE, "untouched"],
    ["the new one was only created", { ...BEFORE, successor: "created" }, "untouched"],
    [
      "2.x: the old one is stopped, the new one created",
      { ...STOPPED, successor: "created" },
      "half-way",
    ],
    ["1.x: the old one is stopped and renamed", STOPPED, "half-way"],
    ["1.x: the old one is not removed yet", { ...STOPPED, successor: "running" }, "replaced"],
    [
      "2.x: the old one is removed, the new one not started",
      { ...gone, successor: "created" },
      "unfinished",
    ],
    ["the new one has exited", { ...gone, successor: "exited" }, "unfinished"],
    ["it is done", DONE, "replaced"],
    [
      "the engine was restarted, and started both",
      { ...touched, successor: "running" },
      "half-way",
    ],
    ["the engine was restarted before anything else", touched, "half-way"],
    ["somebody deployed yet another image", { ...DONE, strangerRuns: true }, "taken-over"],
    ["somebody removed it", gone, "gone"],
  ])("%s", (_, world, turn) => {
    expect(replicaTurn(world)).toBe(turn);
  });
});

describe("what becomes of the service", () => {
  const fresh = { ...BEFORE, wasFresh: true };
  it.each<[string, ReplicaWorld[], ServiceTurn]>([
    ["nothing was touched", [BEFORE, BEFORE], "discard"],
    ["all are done", [DONE, DONE], "prove"],
    ["the stale one is done, the fresh one was left alone", [DONE, fresh], "prove"],
    ["the stale one was left alone", [DONE, BEFORE], "bring-back"],
    ["one is half-way", [DONE, STOPPED], "bring-back"],
    ["one was not started yet", [DONE, { ...gone, successor: "created" }], "prove"],
    ["one was removed by somebody", [DONE, gone], "prove"],
    ["one was deployed by somebody", [STOPPED, { ...DONE, strangerRuns: true }], "bring-back"],
    ["all were deployed by somebody", [{ ...DONE, strangerRuns: true }], "leave"],
    ["all were removed by somebody", [gone, gone], "lost"],
  ])("%s", (_, replicas, turn) => {
    expect(serviceTurn(replicas)).toBe(turn);
  });
});

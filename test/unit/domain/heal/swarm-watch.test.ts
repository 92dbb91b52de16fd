import { describe, expect, it } from "vitest";
import {
  swarmStep,
  watchBegins,
  type SwarmAnswer,
  type SwarmReading,
} from "../../../../src/domain/heal/swarm-watch.ts";
import type { SeenTask } from "../../../../src/domain/heal/swarm-standing.ts";
import { at } from "../builders.ts";
import { ended, seen, service, swarmRecord, type ServiceSketch } from "./swarm-sketch.ts";

const record = swarmRecord();

const reading = (tasks: readonly SeenTask[], sketch: ServiceSketch = {}): SwarmReading => ({
  service: service({ forceUpdate: 1, ...sketch }),
  tasks,
});

/** What is said at last, after these looks at these times. */
function watched(...looks: (readonly [time: string, reading: SwarmReading])[]): SwarmAnswer {
  let progress = watchBegins(at("12:30"));
  let answer: SwarmAnswer = { kind: "wait", progress };
  for (const [time, look] of looks) {
    answer = swarmStep(look, record, progress, at(time));
    if (answer.kind !== "wait") return answer;
    progress = answer.progress;
  }
  return answer;
}

/** The same look twice, far enough apart for anything that needs time. */
const after = (look: SwarmReading, time = "13:30"): SwarmAnswer =>
  watched(["12:31", look], [time, look]);

const two = [seen("new-1"), seen("new-2", { slot: "2" })];
const old = (slot: string, sketch: Parameters<typeof seen>[1] = {}): SeenTask =>
  seen(`old-${slot}`, { slot, runs: "v1", ...sketch });

describe("a service is healed when all its tasks run the newest image, and go on doing so", () => {
  it("not before they have done so for settle", () => {
    expect(after(reading(two), "12:31:29")).toMatchObject({ kind: "wait" });
    expect(after(reading(two), "12:31:30")).toEqual({ kind: "passed" });
  });

  it("the time begins anew with every change", () => {
    const other = [seen("new-1"), seen("new-3", { slot: "2" })];
    const looks = [
      ["12:31", reading(two)],
      ["12:31:20", reading(other)],
    ] as const;
    expect(watched(...looks, ["12:31:40", reading(other)])).toMatchObject({ kind: "wait" });
    expect(watched(...looks, ["12:31:50", reading(other)])).toEqual({ kind: "passed" });
  });

  it("whatever Swarm calls its update: after its way back to the same tag it may run", () => {
    const back = reading(two, { forceUpdate: 0, update: { state: "rollback_completed" } });
    expect(after(back)).toEqual({ kind: "passed" });
  });

  it("as many as are wanted by now, not as there were", () => {
    const three = [...two, seen("new-3", { slot: "3" })];
    expect(after(reading(three, { replicas: 3 }))).toEqual({ kind: "passed" });
    expect(after(reading(two, { replicas: 3 }), "12:32")).toMatchObject({ kind: "wait" });
  });

  it("one task a node for a global service", () => {
    const mode = { Global: {} };
    const node = (id: string, slot: string): SeenTask => seen(id, { slot, nodeId: slot });
    expect(after(reading([node("new-1", "node-1")], { mode }))).toEqual({ kind: "passed" });
    const next = seen("new-2", { slot: "node-2", desired: "ready", state: "preparing" });
    expect(after(reading([node("new-1", "node-1"), next], { mode }), "12:32")).toMatchObject({
      kind: "wait",
    });
  });

  it("ended tasks that Swarm remembers do not count", () => {
    const history = [ended("old-1"), old("2", { desired: "shutdown", state: "shutdown" })];
    expect(after(reading([...history, ...two]))).toEqual({ kind: "passed" });
  });
});

describe("it is waited for", () => {
  it.each<[string, readonly SeenTask[]]>([
    ["a task that has not been replaced yet", [seen("new-1"), old("2")]],
    ["one that is started", [seen("new-1"), seen("new-2", { slot: "2", state: "starting" })]],
    ["the old one beside its successor, where that starts first", [...two, old("2")]],
    ["a slot without a task, between the two", [seen("new-1")]],
    [
      "one that had the newest image before and is still to be replaced",
      [seen("old-1"), seen("new-2", { slot: "2" })],
    ],
    ["a container that cannot be seen yet", [seen("new-1", { runs: null }), ...two.slice(1)]],
    ["two failures of one slot: Swarm tries again", [ended("a"), ended("b"), seen("new-1")]],
    ["failures of tasks that were there before", [ended("old-1"), ended("old-2"), seen("new-1")]],
  ])("%s", (_, tasks) => {
    expect(after(reading(tasks), "12:32")).toMatchObject({ kind: "wait" });
  });
});

describe("it has failed", () => {
  const crashing = [ended("a"), ended("b"), ended("c", { error: "task: non-zero exit (7)" })];

  it("when a slot's tasks ended three times by themselves, with the last reason", () => {
    expect(after(reading([...crashing, seen("new-1")]))).toMatchObject({
      kind: "failed",
      reason: "task web.1 ended 3 times, the last time because: task: non-zero exit (7)",
    });
  });

  it("though Swarm says that its way back is completed", () => {
    const update = { state: "rollback_completed", message: "rollback completed" };
    expect(after(reading([...crashing, ...two], { forceUpdate: 0, update }))).toMatchObject({
      kind: "failed",
    });
  });

  it("also when Swarm has forgotten the first of them", () => {
    const looks = ["a", "b", "c"].map(
      (id, n) => [`12:31:0${n}`, reading([ended(id), seen("new-1")])] as const,
    );
    expect(watched(...looks)).toMatchObject({
      kind: "failed",
      failed: [{ id: "a" }, { id: "b" }, { id: "c" }],
    });
  });

  it("when unhealthy tasks end in good order: Swarm asked them to, and they obeyed", () => {
    const complete = ["a", "b", "c"].map((id) =>
      ended(id, { state: "complete", error: "", exitCode: 0 }),
    );
    expect(after(reading(complete))).toMatchObject({
      reason: "task web.1 ended 3 times, the last time because: it ended with code 0",
    });
  });

  it("when tasks cannot even be started", () => {
    const rejected = ["a", "b", "c"].map((id) =>
      ended(id, { state: "rejected", error: "No such image: web:latest", runs: null }),
    );
    expect(after(reading(rejected))).toMatchObject({
      reason: "task web.1 ended 3 times, the last time because: No such image: web:latest",
    });
  });

  it("not when three slots failed once each", () => {
    const each = ["1", "2", "3"].map((slot) => ended(`x-${slot}`, { slot }));
    expect(after(reading(each, { replicas: 3 }), "12:32")).toMatchObject({ kind: "wait" });
  });

  it("when nothing moves any more, with what Swarm says of it", () => {
    const update = { state: "paused", message: "update paused due to failure of task x" };
    const stuck = reading([seen("new-1"), old("2")], { update });
    expect(after(stuck, "12:32:59")).toMatchObject({ kind: "wait" });
    expect(after(stuck, "12:33")).toMatchObject({
      kind: "failed",
      reason:
        "its tasks were not all replaced, and nothing changed for 2 min; " +
        "Swarm says: update paused due to failure of task x",
    });
  });

  it("when no node takes a task, with the reason that Swarm gives for it", () => {
    const pending = seen("new-2", {
      slot: "2",
      state: "pending",
      error: "no suitable node (insufficient resources)",
      runs: null,
    });
    expect(after(reading([seen("new-1"), pending]))).toMatchObject({
      reason: expect.stringContaining("Swarm says: no suitable node") as string,
    });
  });
});

describe("others took over", () => {
  it.each<[string, SwarmReading, string]>([
    ["it is gone", { service: null, tasks: [] }, "somebody removed the service"],
    [
      "it got another image",
      reading(two, { image: "web:2" }),
      "somebody gave the service another image, web:2",
    ],
    ["it was scaled to none", reading([], { replicas: 0 }), "the service wants no task any more"],
    [
      "its tag moved on while the tasks were replaced",
      reading([seen("new-1"), seen("new-2", { slot: "2", runs: "v3" })]),
      "web:latest came to mean yet another image meanwhile",
    ],
  ])("%s", (_, look, reason) => {
    expect(after(look)).toEqual({ kind: "left", reason });
  });
});

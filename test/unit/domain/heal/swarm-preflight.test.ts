import { describe, expect, it } from "vitest";
import {
  nodeRefusal,
  swarmPreflight,
  type SwarmCase,
  type SwarmPreflight,
} from "../../../../src/domain/heal/swarm-preflight.ts";
import { ANONYMOUS_VOLUME, at, imageNamed, volume } from "../builders.ts";
import { ended, NODE, peer, seen, service, swarmRecord } from "./swarm-sketch.ts";

const { newest } = swarmRecord().affected;
const old = (slot: string): ReturnType<typeof seen> =>
  seen(`old-${slot}`, { slot, runs: "v1", since: "10:01" });

/** Two tasks of web on the only node, both on v1, while web:latest means v2; at 12:30. */
function preflight(sketch: Partial<SwarmCase> = {}): SwarmPreflight {
  return swarmPreflight({
    service: service(),
    tasks: [old("1"), old("2")],
    peers: [peer(NODE)],
    node: { id: NODE, state: "active", isManager: true },
    reference: "web:latest",
    newest,
    meantNow: newest.id,
    mounts: [],
    settle: 30_000,
    now: at("12:30"),
    ...sketch,
  });
}

describe("where the engine stands in its swarm", () => {
  it.each([
    ["a manager", "active", true, null],
    [
      "a worker",
      "active",
      false,
      "this host is a worker of its swarm, and only a manager can update a service",
    ],
    ["no swarm", "inactive", false, "Swarm does not run on this host (inactive)"],
    ["a locked manager", "locked", false, "Swarm does not run on this host (locked)"],
  ])("%s", (_, state, isManager, refusal) => {
    expect(nodeRefusal({ id: NODE, state, isManager })).toBe(refusal);
  });
});

describe("a service can be healed", () => {
  it.each<[string, Partial<SwarmCase>]>([
    ["when all is as it should be", {}],
    ["whatever spelling its image has", { service: service({ image: "docker.io/library/web" }) }],
    [
      "after an update that came to a standstill",
      { service: service({ update: { state: "paused" } }) },
    ],
    ["with a named volume", { mounts: [volume("/data")] }],
    [
      "beside a task that has had the newest image for a while",
      { tasks: [old("1"), seen("other", { slot: "2", since: "12:29" })] },
    ],
    ["after a failure on an old image", { tasks: [old("1"), ended("x", { runs: "v1" })] }],
    ["after a failure long ago", { tasks: [old("1"), ended("x", { since: "12:10" })] }],
    [
      "where other nodes take no tasks",
      { peers: [peer(NODE), peer("drained", { isOpen: false })] },
    ],
    [
      "where a constraint keeps it here",
      {
        service: service({ constraints: [`node.hostname == ${NODE}-host`] }),
        peers: [peer(NODE), peer("node-2")],
      },
    ],
  ])("%s", (_, sketch) => {
    expect(preflight(sketch)).toEqual({ kind: "ready" });
  });
});

describe("it is refused", () => {
  it.each<[string, Partial<SwarmCase>, string]>([
    [
      "for a job",
      { service: service({ mode: { ReplicatedJob: {} } }) },
      "the service is a job: it would run once more",
    ],
    [
      "for a pinned image",
      { service: service({ image: `web:latest@${imageNamed("v1")}` }) },
      `the service pins its image (web:latest@${imageNamed("v1")}): an update keeps it`,
    ],
    [
      "when its tasks follow another name than it starts them from",
      { service: service({ image: "web:1" }) },
      "the service starts its tasks from web:1, not from web:latest",
    ],
    [
      "when another tag is newest: its definition would have to be changed",
      { newest: { ...newest, tag: "web:build-7" } },
      "the newest image is web:build-7, and the service's definition says web:latest",
    ],
    [
      "when a task runs on another node",
      { tasks: [old("1"), seen("x", { nodeId: "node-2" })], peers: [peer(NODE)] },
      "Swarm may start its tasks on other nodes as well, whose images cannot be seen from here: " +
        "a placement constraint keeps the service on this host",
    ],
    [
      "when a task may be started on another node",
      { peers: [peer(NODE), peer("node-2"), peer("node-3")] },
      "Swarm may start its tasks on node-2-host, node-3-host as well, whose images cannot be seen " +
        "from here: a placement constraint keeps the service on this host",
    ],
    [
      "when data would be left behind",
      { mounts: [volume("/data", { name: ANONYMOUS_VOLUME })] },
      "its anonymous volume at /data would be left behind: a new task of Swarm starts with an empty one",
    ],
  ])("%s", (_, sketch, reason) => {
    expect(preflight(sketch)).toEqual({ kind: "refused", reason });
  });
});

describe("it has to wait", () => {
  it.each<[string, Partial<SwarmCase>, string]>([
    [
      "for an update under way",
      { service: service({ update: { state: "updating" } }) },
      "Swarm is updating the service",
    ],
    [
      "for a way back under way",
      { service: service({ update: { state: "rollback_started" } }) },
      "Swarm is updating the service",
    ],
    [
      "when the tag moved on",
      { meantNow: imageNamed("v3") },
      "its tag means yet another image by now",
    ],
    ["when the tag is gone", { meantNow: null }, "its tag means yet another image by now"],
    ["when it is scaled to none", { tasks: [] }, "the service wants no task at the moment"],
    [
      "for a task that got the newest image just now",
      { tasks: [old("1"), seen("x", { slot: "2", since: "12:29:50" })] },
      "task web.2 has been on the newest image for less than 30 s",
    ],
    [
      "for a task that fails on the newest image",
      { tasks: [old("1"), ended("x", { slot: "2", since: "12:29:50" })] },
      "task web.2 has just ended on the newest image: task: non-zero exit (3)",
    ],
    [
      "for a task that no node takes",
      {
        tasks: [
          old("1"),
          seen("x", { slot: "2", runs: null, state: "pending", error: "no suitable node" }),
        ],
      },
      "task web.2 is down: no suitable node",
    ],
  ])("%s", (_, sketch, reason) => {
    expect(preflight(sketch)).toEqual({ kind: "wait", reason });
  });
});

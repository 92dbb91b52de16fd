import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { swarmServicesOf } from "../../../src/domain/heal/swarm-due.ts";
import { connectHealEngine, connectSwarmEngine } from "../../../src/engine/connect.ts";
import type { SwarmEngine } from "../../../src/engine/swarm-engine.ts";
import { SYSTEM_CLOCK } from "../../../src/daemon/clock.ts";
import { planSwarm, type SwarmPlan } from "../../../src/heal/swarm/plan.ts";
import { answers, INFO, says, type FakeEngine, type FakeHost } from "../../harness/fake-engine.ts";
import { containerNamed, rebuilt } from "../../unit/domain/builders.ts";
import { taskSketch } from "../../unit/domain/tasks.ts";
import { look } from "../../unit/domain/watch.ts";
import { fakeEngines, never } from "./connecting.ts";

const fakeEngine = fakeEngines();

const optionsOf = ({ address }: FakeEngine) => ({ address, timeout: 2000, name: null });
const connected = (fake: FakeEngine): Promise<SwarmEngine> =>
  connectSwarmEngine(optionsOf(fake), never);

async function withPath(path: string, body: unknown, status = 200): Promise<SwarmEngine> {
  const fake = await fakeEngine();
  fake.on(path, answers(body, status));
  return connected(fake);
}

const node = async (swarm: unknown): Promise<unknown> =>
  (await connected(await fakeEngine({ info: { ...INFO, Swarm: swarm } }))).node(never);

describe("where the engine stands in its swarm", () => {
  it("is read from what it says of itself", async () => {
    const manager = { NodeID: "n1", LocalNodeState: "active", ControlAvailable: true };
    expect(await node(manager)).toEqual({ id: "n1", state: "active", isManager: true });
    const worker = { NodeID: "n2", LocalNodeState: "active", ControlAvailable: false };
    expect(await node(worker)).toEqual({ id: "n2", state: "active", isManager: false });
  });

  it.each([undefined, null, {}, { LocalNodeState: "inactive", NodeID: "" }])(
    "is nowhere when it says %j",
    async (swarm) => {
      expect(await node(swarm)).toEqual({ id: "", state: "inactive", isManager: false });
    },
  );
});

describe("a service", () => {
  const spec = {
    Name: "web",
    TaskTemplate: { ContainerSpec: { Image: "web:latest", FieldOfTomorrow: [{ a: null }] } },
    Mode: { Replicated: { Replicas: 2 } },
  };

  it("is read with its definition raw", async () => {
    const body = { ID: "s1", Version: { Index: 19 }, Spec: spec };
    const engine = await withPath("/services/s1", body);
    expect(await engine.service("s1", never)).toEqual({
      id: "s1",
      name: "web",
      version: 19,
      spec,
      update: null,
    });
  });

  it("is read with its last update", async () => {
    const status = { State: "paused", StartedAt: "2026-11-24T11:56:57.5Z", Message: "paused" };
    const body = { ID: "s1", Version: { Index: 19 }, Spec: spec, UpdateStatus: status };
    const engine = await withPath("/services/s1", body);
    expect((await engine.service("s1", never))?.update).toEqual({
      state: "paused",
      startedAt: "2026-11-24T11:56:57.5Z",
      message: "paused",
    });
  });

  it("that is gone is none", async () => {
    const engine = await withPath("/services/s1", { message: "service s1 not found" }, 404);
    expect(await engine.service("s1", never)).toBeNull();
  });

  it.each([[{}], [{ ID: "s1" }], [[]], ["<html>"]])(
    "that makes no sense is told: %j",
    async (body) => {
      const engine = await withPath("/services/s1", body);
      await expect(engine.service("s1", never)).rejects.toMatchObject({
        code: "ENGINE_BAD_ANSWER",
      });
    },
  );

  it("is updated by its whole definition and its version, and nothing else is asked for", async () => {
    const fake = await fakeEngine();
    const sent: { headers: IncomingHttpHeaders; body: string }[] = [];
    fake.on("/services/s1/update", (request, response) => {
      void text(request).then((body) => {
        sent.push({ headers: request.headers, body });
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
    await (await connected(fake)).update("s1", 19, spec, never);
    expect(fake.requests.at(-1)).toBe("POST /v1.41/services/s1/update?version=19");
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual(spec);
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain("x-registry-auth");
  });

  it("that was changed in between refuses the update with a status", async () => {
    const message = "rpc error: code = Unknown desc = update out of sequence";
    const engine = await withPath("/services/s1/update", { message }, 500);
    await expect(engine.update("s1", 18, spec, never)).rejects.toMatchObject({
      code: "ENGINE_HTTP",
      message: expect.stringContaining("out of sequence") as string,
    });
  });
});

describe("tasks", () => {
  const id = containerNamed("web.1");
  const row = {
    ID: "t1",
    ServiceID: "s1",
    Slot: 1,
    NodeID: "n1",
    DesiredState: "shutdown",
    Status: {
      Timestamp: "2026-11-24T11:57:03.783Z",
      State: "failed",
      Message: "started",
      Err: "task: non-zero exit (3)",
      ContainerStatus: { ContainerID: id, PID: 0, ExitCode: 3 },
    },
  };

  it("of one service are asked for", async () => {
    const fake = await fakeEngine();
    fake.on("/tasks", answers([]));
    await (await connected(fake)).tasks("s1", never);
    const query = new URL(String(fake.requests.at(-1)?.split(" ")[1]), "http://x").searchParams;
    expect(JSON.parse(query.get("filters") ?? "")).toEqual({ service: ["s1"] });
  });

  it("are read as Engine 20.10 writes them", async () => {
    const engine = await withPath("/tasks", [row]);
    expect(await engine.tasks("s1", never)).toEqual([
      {
        id: "t1",
        slot: "1",
        nodeId: "n1",
        desired: "shutdown",
        state: "failed",
        since: Date.UTC(2026, 10, 24, 11, 57, 3, 783),
        error: "task: non-zero exit (3)",
        exitCode: 3,
        containerId: id,
      },
    ]);
  });

  it("of a global service have their node for a slot; a new one has no container yet", async () => {
    const fresh = { ID: "t2", NodeID: "n1", DesiredState: "ready", Status: { State: "new" } };
    const [task] = await (await withPath("/tasks", [fresh])).tasks("s1", never);
    expect(task).toMatchObject({ slot: "n1", containerId: null, exitCode: null, since: null });
  });

  it.each([[{}], [[{ Slot: 1 }]], [[null]]])("that make no sense are told: %j", async (body) => {
    const engine = await withPath("/tasks", body);
    await expect(engine.tasks("s1", never)).rejects.toMatchObject({ code: "ENGINE_BAD_ANSWER" });
  });
});

it("nodes are read with all that a placement constraint may ask of them", async () => {
  const row = {
    ID: "n1",
    Spec: { Role: "manager", Availability: "active", Labels: { disk: "ssd" } },
    Description: { Hostname: "host-1", Engine: { Labels: { rack: "7" } } },
    Status: { State: "ready" },
  };
  const drained = { ID: "n2", Spec: { Availability: "drain" }, Status: { State: "ready" } };
  const down = { ID: "n3", Spec: { Availability: "active" }, Status: { State: "down" } };
  const [first, ...others] = await (await withPath("/nodes", [row, drained, down])).peers(never);
  expect(first).toMatchObject({ id: "n1", hostname: "host-1", isOpen: true });
  expect(Object.fromEntries(first?.facts ?? [])).toEqual({
    "node.id": "n1",
    "node.hostname": "host-1",
    "node.role": "manager",
    "node.labels.disk": "ssd",
    "engine.labels.rack": "7",
  });
  expect(others.map(({ isOpen }) => isOpen)).toEqual([false, false]);
});

describe("a stale task on a node that cannot heal its service", () => {
  async function planned(host: FakeHost): Promise<{ plan: SwarmPlan; fake: FakeEngine }> {
    const fake = await fakeEngine(host);
    fake.on("/services/web-id", answers({ message: "This node is not a swarm manager." }, 503));
    const [one] = swarmServicesOf(
      look(rebuilt(taskSketch("web.1.x7f")), { now: "12:20" }).judgements,
    );
    if (one === undefined) throw new Error("no service");
    const parts = {
      engine: await connectHealEngine(optionsOf(fake), never),
      swarm: await connected(fake),
      clock: SYSTEM_CLOCK,
      gate: { settle: 30_000, healthTimeout: "auto" },
    } as const;
    fake.forgetRequests();
    return {
      plan: await planSwarm(one, { id: "h1", by: "daemon", cause: "it is stale" }, parts, never),
      fake,
    };
  }
  const swarm = { NodeID: "n2", LocalNodeState: "active" };

  it("is refused on a worker, with the command for a manager, and nothing else is asked", async () => {
    const info = { ...INFO, Swarm: { ...swarm, ControlAvailable: false } };
    const { plan, fake } = await planned({ info });
    expect(plan).toEqual({
      kind: "refused",
      reason: "this host is a worker of its swarm, and only a manager can update a service",
      remedy: "docker service update --force web",
    });
    expect(fake.requests).toEqual(["GET /v1.41/info"]);
  });

  it("has to wait while the managers have no leader", async () => {
    const info = { ...INFO, Swarm: { ...swarm, ControlAvailable: true } };
    const { plan } = await planned({ info });
    expect(plan).toMatchObject({
      kind: "wait",
      reason: expect.stringContaining("This node is not a swarm manager") as string,
    });
  });

  it("is told as it is when the engine itself does not answer", async () => {
    const fake = await fakeEngine({ info: { ...INFO, Swarm: swarm } });
    const engine = await connected(fake);
    fake.on("/info", says("", { status: 500 }));
    await expect(engine.node(never)).rejects.toMatchObject({ code: "ENGINE_HTTP" });
  });
});

import { describe, expect, it } from "vitest";
import { swarmLimits } from "../../../../src/domain/heal/swarm-limits.ts";
import { nodesFor } from "../../../../src/domain/heal/swarm-placement.ts";
import { hasBegun } from "../../../../src/domain/heal/swarm-record.ts";
import { forced, wantedBy } from "../../../../src/domain/heal/swarm-service.ts";
import type { JsonObject } from "../../../../src/domain/replacement/json.ts";
import { peer, service, swarmRecord, type ServiceSketch } from "./swarm-sketch.ts";

describe("the definition that an update sends back", () => {
  it("differs in nothing but the number that forces it", () => {
    const { spec } = service({ forceUpdate: 4 });
    const rich: JsonObject = { ...spec, FieldOfTomorrow: { Deep: [1, { Two: null }] } };
    const { TaskTemplate, ...rest } = rich as { TaskTemplate: JsonObject } & JsonObject;
    expect(forced(rich)).toEqual({ ...rest, TaskTemplate: { ...TaskTemplate, ForceUpdate: 5 } });
  });

  it("forces a service that never was", () => {
    expect(forced(service().spec)).toMatchObject({ TaskTemplate: { ForceUpdate: 1 } });
  });
});

describe("how many tasks are wanted", () => {
  it.each<[JsonObject, ReturnType<typeof wantedBy>]>([
    [{ Replicated: { Replicas: 3 } }, { kind: "replicated", count: 3 }],
    [{ Replicated: { Replicas: 0 } }, { kind: "replicated", count: 0 }],
    [{ Replicated: {} }, { kind: "replicated", count: 1 }],
    [{ Global: {} }, { kind: "global" }],
    [{ ReplicatedJob: {} }, { kind: "job" }],
    [{ GlobalJob: {} }, { kind: "job" }],
  ])("%j", (mode, wanted) => {
    expect(wantedBy(service({ mode }).spec)).toEqual(wanted);
  });
});

describe("whether an update has begun since the heal was opened", () => {
  const before = { startedAt: "2026-05-06T11:00:00Z" };
  const record = swarmRecord({ forceUpdate: 2, updateStartedAt: before.startedAt });
  it.each<[string, ServiceSketch, boolean]>([
    ["nothing has changed", { forceUpdate: 2, update: before }, false],
    ["somebody scaled it", { forceUpdate: 2, update: before, replicas: 5, version: 12 }, false],
    ["the update was taken and has not started yet", { forceUpdate: 3, update: before }, true],
    ["it is under way", { forceUpdate: 3, update: { state: "updating" } }, true],
    [
      "it failed, and Swarm went back to the definition before",
      { forceUpdate: 2, update: { state: "rollback_completed" } },
      true,
    ],
  ])("%s: %s", (_, sketch, begun) => {
    expect(hasBegun(service(sketch), record)).toBe(begun);
  });
});

describe("on which nodes Swarm may start tasks", () => {
  const peers = [
    peer("a", { facts: { "node.role": "manager", "node.labels.disk": "SSD" } }),
    peer("b", { facts: { "engine.labels.rack": "7" } }),
    peer("c", { isOpen: false }),
  ];
  it.each<[readonly string[], string]>([
    [[], "ab"],
    [["node.role==manager"], "a"],
    [["node.role != manager"], "b"],
    [["node.hostname == A-HOST"], "a"],
    [["node.id==b"], "b"],
    [["node.labels.disk==ssd"], "a"],
    [["node.labels.disk!=ssd"], "b"],
    [["engine.labels.rack==7"], "b"],
    [["node.role==worker", "node.labels.disk==ssd"], ""],
    [["node.ip==10.0.0.1"], "ab"],
    [["no constraint"], "ab"],
  ])("%j: %s", (constraints, ids) => {
    const nodes = nodesFor(service({ constraints }).spec, peers);
    expect(nodes.map(({ id }) => id).join("")).toBe(ids);
  });
});

describe("how long nothing may change", () => {
  const SECOND = 1_000_000_000;
  const settings = { settle: 30_000, healthTimeout: "auto" } as const;
  const stall = (spec: JsonObject, image: JsonObject = {}): number =>
    swarmLimits(spec, image, settings).stall / 1000;
  const container = (fields: JsonObject): JsonObject => ({
    TaskTemplate: { ContainerSpec: fields },
  });

  it("with Swarm's own times: a stop, a restart, no health check, and some", () => {
    expect(stall({})).toBe(10 + 5 + 90 + 60);
  });

  it("with the pauses and times of the service", () => {
    const spec = {
      TaskTemplate: {
        ContainerSpec: { StopGracePeriod: 60 * SECOND },
        RestartPolicy: { Delay: 20 * SECOND },
      },
      UpdateConfig: { Delay: 600 * SECOND },
    };
    expect(stall(spec)).toBe(60 + 20 + 600 + 90 + 60);
  });

  const check = { Test: ["CMD", "true"], Interval: 60 * SECOND, Timeout: 10 * SECOND, Retries: 4 };
  it.each<[string, JsonObject, JsonObject, number]>([
    ["the image's health check", {}, { Healthcheck: check }, 4 * 70 + 30],
    ["the service's own", { Healthcheck: check }, {}, 4 * 70 + 30],
    [
      "the service's, filled up with the image's",
      { Healthcheck: { Retries: 8 } },
      { Healthcheck: check },
      8 * 70 + 30,
    ],
    [
      "one that the service switches off",
      { Healthcheck: { Test: ["NONE"] } },
      { Healthcheck: check },
      90,
    ],
  ])("with %s", (_, own, image, health) => {
    expect(stall(container(own), image)).toBe(10 + 5 + health + 60);
  });

  it("with the configured time in its place", () => {
    const configured = { settle: 1000, healthTimeout: 7000 };
    expect(swarmLimits(container({ Healthcheck: check }), {}, configured)).toEqual({
      settle: 1000,
      stall: 82_000,
    });
  });
});

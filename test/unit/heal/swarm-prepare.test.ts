import { describe, expect, it } from "vitest";
import type { PlannedHeal } from "../../../src/domain/heal/plan.ts";
import type { Relations } from "../../../src/domain/heal/relations.ts";
import type { PolicyConfig } from "../../../src/domain/policy.ts";
import { isDiverged, type Hold } from "../../../src/domain/verdict.ts";
import { prepareSwarm, type Prepared } from "../../../src/heal/method-heals.ts";
import {
  containerNamed,
  hold,
  host,
  memory,
  V1,
  V2,
  type SketchedContainer,
} from "../domain/builders.ts";
import { task } from "../domain/tasks.ts";
import { look } from "../domain/watch.ts";
import { FakeSwarm } from "./fake-swarm.ts";

const NEVER = new AbortController().signal;
const V2_OF_WEB = { ...V2, row: { ...V2.row, tags: ["web:latest"] } };
const two = ["web.1.a", "web.2.b"].map((name) => task(name, { follows: "web" }));

interface Scene {
  readonly containers?: readonly SketchedContainer[];
  readonly policy?: Partial<PolicyConfig>;
  readonly holds?: readonly Hold[];
  readonly force?: boolean;
  readonly dependents?: PlannedHeal["dependents"];
  readonly world?: FakeSwarm;
}

/** The heal of web.1.a, which a person asked for at 12:30. */
async function prepared(scene: Scene = {}): Promise<Prepared> {
  const { containers = two, holds = [], dependents = [], world = new FakeSwarm() } = scene;
  const { judgements } = look(host({ containers, images: [V1, V2_OF_WEB] }), {
    now: "12:30",
    policy: scene.policy ?? {},
    memory: memory({ holds }),
  });
  const judgement = judgements.find(({ container }) => container.name === "web.1.a");
  if (judgement === undefined || !isDiverged(judgement)) throw new Error("web.1.a did not diverge");
  const target = { judgement, cause: "it is stale" };
  return prepareSwarm(
    { target, method: "swarm", dependents, steps: [] },
    { judgements, memory: memory(), inspects: new Map(), relations: [] },
    { id: "h1", by: "command", force: scene.force ?? false },
    {
      engine: world.engine,
      swarm: world.swarm,
      clock: world.clock,
      gate: { settle: 30_000, healthTimeout: "auto" },
    },
    NEVER,
  );
}

describe("preparing the heal of a Swarm task", () => {
  it("says what Swarm would do to its service", async () => {
    const plan = await prepared();
    expect(plan).toMatchObject({
      kind: "ready",
      record: {
        method: "swarm",
        subject: "swarm:web",
        container: "web",
        serviceId: "web-id",
        remedy: "docker service update --force web",
        knownTasks: ["old-1", "old-2"],
      },
    });
    expect(plan.kind === "ready" ? plan.steps : []).toEqual([
      {
        step: "swarm",
        container: "web",
        does:
          "force an update of the Swarm service web: Swarm replaces every task from web:latest, " +
          "all at once, each stopped before the new one starts",
        cause: "it is stale (of 2 tasks 2 run the old image)",
      },
      {
        step: "gate",
        container: "web",
        does: expect.stringMatching(
          /^watch its tasks until all have run \w{12} for 30 s$/,
        ) as string,
        cause: expect.stringContaining("before its tasks have proved themselves") as string,
      },
    ]);
  });

  it("is refused for a task that does not say which service it is of", async () => {
    const labels = { "com.docker.swarm.service.id": "" };
    const containers = [task("web.1.a", { follows: "web", labels })];
    expect(await prepared({ containers })).toMatchObject({
      kind: "refused",
      reason: "its service cannot be told",
    });
  });

  it("is refused while something hangs on the task's container", async () => {
    const relations = (name: string): Relations => ({
      id: containerNamed(name),
      name,
      running: true,
      project: null,
      service: null,
      dependsOn: [],
      ties: [],
    });
    const dependents = [
      { container: relations("sidecar"), tie: "network", on: relations("web.1.a") },
    ] as const;
    expect(await prepared({ dependents })).toMatchObject({
      kind: "refused",
      reason: "sidecar hangs on web.1.a, and Swarm would leave it behind",
    });
  });

  it("has to wait while Swarm is at it", async () => {
    const world = new FakeSwarm();
    await world.swarm.update("web-id", 11, { ...world.current?.spec }, NEVER);
    expect(await prepared({ world })).toEqual({
      kind: "wait",
      reason: "Swarm is updating the service",
    });
  });

  it("a hold on another task of the service binds, unless it is forced", async () => {
    const holds = [hold({ container: "web.2" }, "13:00")];
    expect(await prepared({ holds })).toMatchObject({
      kind: "refused",
      reason: "a hold is on web.2.b",
    });
    expect(await prepared({ holds, force: true })).toMatchObject({ kind: "ready" });
  });

  it("another task that is not to be touched forbids it in any case", async () => {
    const policy = { exclude: ["web.2.*"] };
    expect(await prepared({ policy, force: true })).toMatchObject({
      kind: "refused",
      reason: "Swarm would replace web.2.b as well, which is not to be touched",
    });
  });
});

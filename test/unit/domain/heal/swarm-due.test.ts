import { describe, expect, it } from "vitest";
import {
  isServiceDue,
  isSwarmTask,
  swarmServicesOf,
} from "../../../../src/domain/heal/swarm-due.ts";
import type { PolicyConfig } from "../../../../src/domain/policy.ts";
import type { Hold, Judgement } from "../../../../src/domain/verdict.ts";
import { subjectOf } from "../../../../src/domain/subject.ts";
import { at, container, divergence, hold, host, memory, V1, V2 } from "../builders.ts";
import type { SketchedContainer } from "../builders.ts";
import { task } from "../tasks.ts";
import { look, type LookOptions } from "../watch.ts";

const mode: Partial<PolicyConfig> = { mode: "heal", breaker: 1 };

interface Scene extends Partial<LookOptions> {
  readonly holds?: readonly Hold[];
}

/** At 12:20, after v2 was built at 12:00 and seen at 12:05. */
function judgements(
  containers: readonly SketchedContainer[],
  { holds = [], ...options }: Scene = {},
): readonly Judgement[] {
  const divergences = containers.map(({ row }) =>
    divergence({ subject: subjectOf(row), containerId: row.id }),
  );
  const before = memory({ divergences, holds });
  const one = host({ containers, images: [V1, V2] });
  return look(one, { now: "12:20", policy: mode, memory: before, ...options }).judgements;
}

const two = [task("web.1.a"), task("web.2.b")];

describe("the services of judged tasks", () => {
  it("are one case each, whatever the number of their tasks", () => {
    const found = swarmServicesOf(judgements([...two, task("api.1.c"), container()]));
    expect(found.map(({ name, id, subject, tasks }) => [name, id, subject, tasks.length])).toEqual([
      ["web", "web-id", "swarm:web", 2],
      ["api", "api-id", "swarm:api", 1],
    ]);
  });

  it("are spoken for by a task that diverged", () => {
    const fresh = task("web.1.a", { runs: "v2" });
    const [found] = swarmServicesOf(judgements([fresh, task("web.2.b")]));
    expect(found?.lead.container.name).toBe("web.2.b");
  });

  it("are left out where no task can be compared with anything", () => {
    expect(swarmServicesOf(judgements([task("web.1.a", { follows: "gone" })]))).toEqual([]);
  });

  it("know a task from a container", () => {
    expect(judgements([task("web.1.a"), container()]).map(isSwarmTask)).toEqual([true, false]);
  });
});

describe("a service is due", () => {
  const due = (containers: readonly SketchedContainer[], scene: Scene = {}): boolean[] =>
    swarmServicesOf(judgements(containers, scene)).map((one) => isServiceDue(one, at("12:20")));

  it("when all that diverged of it is", () => {
    expect(due(two)).toEqual([true]);
  });

  it("with a breaker of one, though two of its tasks are", () => {
    expect(due([...two, task("web.3.c")])).toEqual([true]);
  });

  it("beside tasks that are fresh", () => {
    expect(due([task("web.1.a"), task("web.2.b", { runs: "v2" })])).toEqual([true]);
  });

  it("not when nothing of it diverged", () => {
    expect(due([task("web.1.a", { runs: "v2" })])).toEqual([false]);
  });

  it.each<[string, Scene]>([
    ["in alert mode", { policy: {} }],
    [
      "when a rule keeps one of its tasks in alert mode",
      { policy: { ...mode, rules: [{ match: { name: "web.2.*" }, mode: "alert" }] } },
    ],
    ["when one of its tasks is not watched", { policy: { ...mode, exclude: ["web.2.*"] } }],
    ["when a hold is on a task", { holds: [hold({ container: "web.2" }, "13:00")] }],
    ["before the heal clock is through its grace", { memory: memory() }],
  ])("not %s", (_, options) => {
    expect(due(two, options)).toEqual([false]);
  });
});

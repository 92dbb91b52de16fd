import { describe, expect, it } from "vitest";
import { healLeftover } from "../../../src/domain/heal/temporary-names.ts";
import { healSubjectOf, subjectOf } from "../../../src/domain/subject.ts";
import { container, type ContainerSketch } from "./builders.ts";

const subject = (sketch: ContainerSketch): string => subjectOf(container(sketch).row);
const compose = (labels: Record<string, string>): ContainerSketch => ({ labels });
const swarm = (service: string, task: string): ContainerSketch => ({
  compose: null,
  name: task,
  labels: { "com.docker.swarm.service.name": service, "com.docker.swarm.task.name": task },
});

describe("whose divergence it is", () => {
  it.each<[string, ContainerSketch, string]>([
    ["a Compose service", {}, "compose:shop/web/1"],
    ["its second replica", { compose: "shop/web/2" }, "compose:shop/web/2"],
    ["under a temporary name", { name: "0123456789ab_shop-web-1" }, "compose:shop/web/1"],
    ["under a name of its own", { name: "frontend" }, "compose:shop/web/1"],
    [
      "docker compose run of it, each run by its own name",
      { name: "shop-web-run-7f3a", labels: { "com.docker.compose.oneoff": "True" } },
      "name:shop-web-run-7f3a",
    ],
    [
      "a container that merely inherited its image's labels from Compose",
      compose({ "com.docker.compose.container-number": "" }),
      "name:shop-web-1",
    ],
    [
      "a project without a service",
      compose({ "com.docker.compose.service": "" }),
      "name:shop-web-1",
    ],
    ["no Compose", { compose: null, name: "db" }, "name:db"],
    ["in the middle of a heal", { compose: null, name: "db.stalewatch-1a2b-new" }, "name:db"],
    ["a Swarm task", swarm("shop_web", "shop_web.2.x7fk"), "swarm:shop_web/2"],
    ["a task of a global service", swarm("agent", "agent.n0de1d.x7fk"), "swarm:agent/n0de1d"],
    ["a Swarm service with a dot", swarm("a.b", "a.b.2.x7fk"), "swarm:a.b/2"],
    ["a task that is not its service's", swarm("web", "webby.1.x"), "name:webby.1.x"],
  ])("%s: %s", (_, sketch, key) => {
    expect(subject(sketch)).toBe(key);
  });

  it("is not to be forged by a slash in a label", () => {
    const forged = compose({
      "com.docker.compose.project": "shop/web",
      "com.docker.compose.service": "1",
    });
    expect(subject(forged)).toBe("compose:shop%2Fweb/1/1");
    const halfPair = compose({ "com.docker.compose.project": "\ud800" });
    expect(subject(halfPair)).toBe("compose:%EF%BF%BD/web/1");
  });
});

describe("whom a heal is about", () => {
  it.each<[string, ContainerSketch, string]>([
    ["the subject itself", {}, "compose:shop/web/1"],
    ["a container's name", { compose: null, name: "db" }, "name:db"],
    ["all tasks of a Swarm service", swarm("shop_web", "shop_web.2.x7fk"), "swarm:shop_web"],
    ["all tasks of a global service", swarm("agent", "agent.n0de1d.x7fk"), "swarm:agent"],
  ])("%s: %s", (_, sketch, key) => {
    expect(healSubjectOf(subjectOf(container(sketch).row))).toBe(key);
  });
});

describe("a name that a heal gives for a time", () => {
  it.each([
    ["shop-web-1.stalewatch-01J9ZK-new", true],
    ["shop-web-1.stalewatch-01J9ZK-old", true],
    ["0123456789ab_shop-web-1", false],
    ["stalewatch", false],
    ["shop-web-1.stalewatch-new", false],
    ["shop-web-1.stalewatch-01J9ZK-new-2", false],
  ])("%s: %s", (name, isOurs) => {
    expect(healLeftover(name) !== null).toBe(isOurs);
  });
});

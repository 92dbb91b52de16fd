import { describe, expect, it } from "vitest";
import { isCalled, placeOf } from "../../../src/domain/place.ts";
import { builtFor, container, type ContainerSketch } from "./builders.ts";
import { taskSketch } from "./tasks.ts";

const stack = { "com.docker.stack.namespace": "shop" };

describe("the project and service of a container", () => {
  it.each<[string, ContainerSketch, string | null, string | null]>([
    ["Compose's", {}, "shop", "web"],
    ["plain docker run", { compose: null }, null, null],
    ["a Swarm service", taskSketch("web.1.x7f"), null, "web"],
    ["a service of a stack", taskSketch("shop_web.1.x7f", { labels: stack }), "shop", "shop_web"],
    [
      "a Swarm service whose image Compose built",
      taskSketch("web.1.x7f", { labels: builtFor("ci", "app") }),
      null,
      "web",
    ],
  ])("%s", (_, sketch, project, service) => {
    expect(placeOf(container(sketch).row)).toEqual({ project, service });
  });
});

describe("the names by which people mean a container", () => {
  const calls = (sketch: ContainerSketch, ...names: string[]): string[] =>
    names.filter((name) => isCalled(container(sketch).row, name));

  it("is its own for any container", () => {
    const names = ["shop-web-1", "web", "shop", "shop-web"];
    expect(calls({}, ...names)).toEqual(["shop-web-1"]);
  });

  it("is also its service's and its slot's for a Swarm task, because its own changes with every update", () => {
    const names = ["web.1.x7f", "web.1", "web", "web.2", "web.1.y"];
    expect(calls(taskSketch("web.1.x7f"), ...names)).toEqual(["web.1.x7f", "web.1", "web"]);
  });
});
